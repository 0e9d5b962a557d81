/** Text of others for people: what would not show, or would turn the words beside it around, stands as a sign of its own. */

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** A joiner between two pictures is none of them: it makes one picture. */
const EACH = /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|\u200D(?!\p{Extended_Pictographic})|(?!\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** ESC is ␛, NUL ␀, a bidi override ⟨202E⟩, half a character �. Other text stays as it is. */
export function shown(text: string): string {
  return UNSEEN.test(text) ? text.replace(EACH, signOf) : text;
}

function signOf(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  if (code >= 0xd800 && code <= 0xdfff) return '\uFFFD';
  return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
