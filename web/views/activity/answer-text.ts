/**
 * What a model said, put together from the chunks of a stream: OpenAI's chat completions, completions and responses, Anthropic's
 * messages. Everything is as others sent it: what is not understood is counted and left out, never thrown at.
 */
export interface ToolCall { id: string | null; name: string; arguments: string }

export interface Answer {
  /** Of the choice, from 0. */
  index: number;
  reasoning: string;
  text: string;
  toolCalls: ToolCall[];
  finish: string | null;
}

export interface StreamedAnswer {
  answers: Answer[];
  /** What llama-swap itself said while it loaded the model (`sendLoadingState`): not the model's. */
  loading: string;
  /** It ended as a stream should: `[DONE]`, `message_stop`, `response.completed`. */
  complete: boolean;
  /** Chunks that were understood, and lines that were not. */
  chunks: number;
  strange: number;
}

type Doc = Readonly<Record<string, unknown>>;
const isDoc = (value: unknown): value is Doc => typeof value === 'object' && value !== null && !Array.isArray(value);
const docs = (value: unknown): Doc[] => (Array.isArray(value) ? value.filter(isDoc) : []);
const words = (value: unknown): string => (typeof value === 'string' ? value : '');
const wordOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const whole = (value: unknown): number => (typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0);

/** null: the text is no such stream. */
export function readStream(body: string): StreamedAnswer | null {
  if (!/^(?:data|event):/m.test(body)) return null;
  const answers = new Map<number, Answer>();
  const tools = new Map<string, ToolCall>();
  const found: StreamedAnswer = { answers: [], loading: '', complete: false, chunks: 0, strange: 0 };

  const answer = (index: number): Answer => {
    let one = answers.get(index);
    if (one === undefined) answers.set(index, one = { index, reasoning: '', text: '', toolCalls: [], finish: null });
    return one;
  };
  const tool = (of: Answer, key: string): ToolCall => {
    const name = `${of.index} ${key}`;
    let one = tools.get(name);
    if (one === undefined) {
      tools.set(name, one = { id: null, name: '', arguments: '' });
      of.toolCalls.push(one);
    }
    return one;
  };

  /** Chat completions and completions. */
  function choices(chunk: Doc): void {
    const own = chunk['id'] !== undefined || chunk['model'] !== undefined;
    for (const choice of docs(chunk['choices'])) {
      const delta = isDoc(choice['delta']) ? choice['delta'] : isDoc(choice['message']) ? choice['message'] : {};
      const reasoning = words(delta['reasoning_content']) || words(delta['reasoning']);
      if (!own) {
        found.loading += reasoning + words(delta['content']);
        continue;
      }
      const to = answer(whole(choice['index']));
      to.reasoning += reasoning;
      to.text += words(delta['content']) + docs(delta['content']).map((part) => words(part['text'])).join('') + words(delta['refusal']) + words(choice['text']);
      for (const call of docs(delta['tool_calls'])) {
        const one = tool(to, String(whole(call['index'])));
        const called = isDoc(call['function']) ? call['function'] : {};
        one.id ??= wordOrNull(call['id']);
        one.name += words(called['name']);
        one.arguments += words(called['arguments']);
      }
      to.finish = wordOrNull(choice['finish_reason']) ?? to.finish;
    }
  }

  /** Messages and responses: events with a type. False: not one of theirs. */
  function typed(event: Doc): boolean {
    const type = words(event['type']);
    const delta = event['delta'];
    const to = answer(0);
    switch (type) {
      case 'content_block_start': {
        const block = isDoc(event['content_block']) ? event['content_block'] : {};
        to.text += words(block['text']);
        if (block['type'] === 'tool_use') Object.assign(tool(to, String(whole(event['index']))), { id: wordOrNull(block['id']), name: words(block['name']) });
        return true;
      }
      case 'content_block_delta':
        if (!isDoc(delta)) return false;
        to.text += words(delta['text']);
        to.reasoning += words(delta['thinking']);
        if (delta['type'] === 'input_json_delta') tool(to, String(whole(event['index']))).arguments += words(delta['partial_json']);
        return true;
      case 'message_delta':
        if (isDoc(delta)) to.finish = wordOrNull(delta['stop_reason']) ?? to.finish;
        return true;
      case 'response.output_text.delta': case 'response.refusal.delta': to.text += words(delta); return true;
      case 'response.reasoning_text.delta': case 'response.reasoning_summary_text.delta': to.reasoning += words(delta); return true;
      case 'response.output_item.added': {
        const item = isDoc(event['item']) ? event['item'] : {};
        if (item['type'] === 'function_call') Object.assign(tool(to, words(item['id'])), { id: wordOrNull(item['call_id']), name: words(item['name']) });
        return true;
      }
      case 'response.function_call_arguments.delta': tool(to, words(event['item_id'])).arguments += words(delta); return true;
      case 'message_stop': case 'response.completed': found.complete = true; return true;
      default: return type === 'ping' || type.startsWith('message_') || type.startsWith('content_block_') || type.startsWith('response.');
    }
  }

  for (const data of eventData(body)) {
    if (data.trim() === '[DONE]') {
      found.complete = true;
      continue;
    }
    const chunk = parsed(data);
    if (!isDoc(chunk)) found.strange += 1;
    else if (Array.isArray(chunk['choices'])) choices(chunk);
    else if (!typed(chunk)) {
      found.strange += 1;
      continue;
    }
    if (isDoc(chunk)) found.chunks += 1;
  }
  if (found.chunks === 0) return null;
  return { ...found, answers: [...answers.values()].filter(({ reasoning, text, toolCalls, finish }) => reasoning !== '' || text !== '' || toolCalls.length > 0 || finish !== null).sort((a, b) => a.index - b.index) };
}

/** The data of each event (WHATWG, "server-sent events"): lines that begin with `data:`, until an empty one. */
function* eventData(body: string): Generator<string> {
  let lines: string[] = [];
  for (const line of body.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) lines.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line === '' && lines.length > 0) {
      yield lines.join('\n');
      lines = [];
    }
  }
  if (lines.length > 0) yield lines.join('\n');
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** JSON with line breaks; null: it is none. */
export function prettyJson(text: string): string | null {
  const value = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  return value === undefined ? null : JSON.stringify(value, null, 2);
}
