/** What a simulated host has kept of a request: a question and its answer, streamed where the row says so, as llama.cpp sends them. */
import type { SimRow } from './sim-types.ts';

const REASONING = ['They ', 'ask ', 'about ', 'foxes.'];
const WORDS = ['A fox ', 'is a small, ', 'clever ', 'animal of the dog family.\n\n', '- It hunts alone.\n', '- It hears ', 'a mouse ', 'under the snow.'];

const streamed = ({ resp_content_type: type }: SimRow): boolean => type.startsWith('text/event-stream');

export function capturedQuestion(row: SimRow): string {
  const { model } = row;
  if (row.req_path.endsWith('/embeddings')) return JSON.stringify({ model, input: 'What is a fox?' });
  return JSON.stringify({ model, messages: [{ role: 'user', content: 'What is a fox?' }], ...(streamed(row) ? { stream: true } : {}) });
}

export function capturedAnswer(row: SimRow): string {
  const { model, tokens } = row;
  const usage = { prompt_tokens: tokens.input_tokens, completion_tokens: tokens.output_tokens };
  if (row.req_path.endsWith('/embeddings')) return JSON.stringify({ model, object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.0132, -0.0471, 0.0209] }], usage });
  if (!streamed(row)) return JSON.stringify({ model, choices: [{ message: { role: 'assistant', content: 'A fox.' } }], usage });
  const chunk = (delta: object, finish: string | null = null): string => `data: ${JSON.stringify({ choices: [{ finish_reason: finish, index: 0, delta }], created: 0, id: `chatcmpl-${row.id}`, model, object: 'chat.completion.chunk' })}\n\n`;
  return [
    chunk({ role: 'assistant', content: null }), ...REASONING.map((word) => chunk({ reasoning_content: word })), ...WORDS.map((word) => chunk({ content: word })), chunk({}, 'stop'),
    'data: [DONE]\n\n',
  ].join('');
}
