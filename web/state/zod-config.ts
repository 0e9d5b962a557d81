/** Imported first: zod would else probe `eval`, which the page's policy refuses and the browser reports. */
import * as z from 'zod/mini';

z.config({ jitless: true });
