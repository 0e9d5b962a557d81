/** What Drover says of itself. */
import { z } from 'zod';
import { timeDocument } from '../model/documents.ts';

export const aboutDocument = z.object({
  version: z.string(), node: z.string(), platform: z.string(), pid: z.int(), startedAt: timeDocument, dataDir: z.string(),
  database: z.object({ kind: z.enum(['embedded', 'external']), where: z.string().meta({ description: 'A folder, or an address without its password.' }) }),
  settings: z.array(z.object({ path: z.string(), value: z.unknown(), origin: z.string().meta({ description: '`default`, or where the value was read.' }) })),
}).meta({ id: 'About' });
export type About = z.infer<typeof aboutDocument>;
