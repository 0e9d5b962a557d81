/** One value a name; a repeated header's are joined as HTTP has it. Names in lower case. */
export function flatHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: [string, string][] = [];
  for (const [name, value] of Object.entries(raw)) if (value !== undefined) flat.push([name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(flat);
}
