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

export const PING_FRAME = frame(OPCODES.ping, Buffer.alloc(0));

export function pongFrame(payload: Buffer): Buffer {
  return frame(OPCODES.pong, payload);
}
