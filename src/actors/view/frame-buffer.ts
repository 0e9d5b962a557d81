/** Server frames as bytes, header and all: encoded once, written to every socket as they are. */
import * as ws from 'ws';

/** Missing in @types/ws: `Sender` is a named export of ws. */
interface FrameOptions { fin: boolean; rsv1: boolean; opcode: number; mask: boolean; readOnly: boolean }
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] } };

const OPCODES = { text: 1, ping: 9, pong: 10 } as const;

function frame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat(Sender.frame(payload, { fin: true, rsv1: false, opcode, mask: false, readOnly: true }));
}

export function textFrame(text: string): Buffer {
  return frame(OPCODES.text, Buffer.from(text));
}

/** A ping of its own payload: a pong that nobody asked for, or a late one, is told from its answer. `chance`: uniform in [0, 1). */
export function pingFrame(chance: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32LE(Math.floor(chance * 2 ** 32));
  return frame(OPCODES.ping, payload);
}

/** Two bytes of header before it. */
export function pingPayload(ping: Buffer): Buffer {
  return ping.subarray(2);
}

export function pongFrame(payload: Buffer): Buffer {
  return frame(OPCODES.pong, payload);
}
