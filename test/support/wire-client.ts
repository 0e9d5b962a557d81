/** A plain client of llama-swap's wire, without any of the product's decoder. */
import { get, request as httpRequest, type IncomingMessage } from 'node:http';

export interface Frame { kind: string; inner: unknown }

export interface WireStream {
  status: number;
  headers: string[];
  /** Raw bytes so far. */
  text(): string;
  frames(): Frame[];
  /** Resolves when the condition holds for the frames (checked at each chunk), rejects when the stream ends before. */
  until(condition: (frames: Frame[]) => boolean): Promise<Frame[]>;
  ended: Promise<'complete' | 'cut'>;
  close(): void;
}

export function parseFrames(text: string): Frame[] {
  return text.split('\n\n').slice(0, -1).map((frame) => {
    if (!frame.startsWith('event:message\ndata:')) throw new Error(`not a frame: ${frame.slice(0, 80)}`);
    const envelope = JSON.parse(frame.slice('event:message\ndata:'.length)) as { type: string; data: string };
    return { kind: envelope.type, inner: JSON.parse(envelope.data) as unknown };
  });
}

export function openStream(url: string, headers: Record<string, string> = {}): Promise<WireStream> {
  return new Promise((resolve, reject) => {
    const call = get(`${url}/api/events`, { headers, agent: false }, (response) => {
      let text = '';
      let over = false;
      const waiting: { condition: (frames: Frame[]) => boolean; done: (frames: Frame[]) => void; fail: (error: Error) => void }[] = [];
      const parsed: Frame[] = [];
      let at = 0;
      /** Frames are parsed once, when somebody looks. */
      const whole = (): Frame[] => {
        const end = text.lastIndexOf('\n\n');
        if (end < at) return parsed;
        parsed.push(...parseFrames(text.slice(at, end + 2)));
        at = end + 2;
        return parsed;
      };
      const check = (): void => {
        for (const one of waiting.splice(0)) {
          const frames = whole();
          if (one.condition(frames)) one.done(frames);
          else if (over) one.fail(new Error(`the stream ended after ${frames.length} frames: ${text.slice(-300)}`));
          else waiting.push(one);
        }
      };
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        check();
      });
      const ended = new Promise<'complete' | 'cut'>((done) => {
        response.on('close', () => {
          over = true;
          check();
          done(response.complete ? 'complete' : 'cut');
        });
        response.on('error', () => {});
      });
      resolve({
        status: response.statusCode ?? 0, headers: response.rawHeaders, text: () => text, frames: whole, ended,
        until: (condition) => new Promise((done, fail) => {
          waiting.push({ condition, done, fail });
          check();
        }),
        close: () => call.destroy(),
      });
    });
    call.on('error', reject);
  });
}

export interface WireAnswer { status: number; headers: string[]; body: string }

export function ask(url: string, path: string, options: { method?: string; headers?: Record<string, string>; body?: string; timeoutMs?: number } = {}): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(url + path, { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false }, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.rawHeaders, body }));
      response.on('error', reject);
    });
    call.on('error', reject);
    if (options.timeoutMs !== undefined) call.setTimeout(options.timeoutMs, () => call.destroy(new Error('no answer')));
    call.end(options.body);
  });
}
