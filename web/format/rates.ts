/** Tokens a second of a request. llama-swap writes 0 for one that made nothing or was not measured: that is no rate. */
import type { ActivityRow } from '../../src/model/records/activity.ts';

/** null: none was measured. */
export const outputRate = ({ tokensPerSecond, outputTokens }: Pick<ActivityRow, 'tokensPerSecond' | 'outputTokens'>): number | null => measured(tokensPerSecond, outputTokens);
/** null: none was measured. */
export const promptRate = ({ promptPerSecond }: Pick<ActivityRow, 'promptPerSecond'>): number | null => measured(promptPerSecond, null);

const measured = (rate: number | null, tokens: number | null): number | null => (rate === null || rate <= 0 || tokens === 0 ? null : rate);
