/** Searches away from the page: an expression may take for ever, and then it is this that is ended. Says `ready` first. */
import { searched, type SearchOrder } from './log-search.ts';

addEventListener('message', ({ data }: MessageEvent<SearchOrder>) => postMessage(searched(data)));
postMessage('ready');
