/** What a host is and how it does, in one strip. */
import type { ReactElement, ReactNode } from 'react';
import type { HostState } from '../../../src/model/host/state.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { hostApi } from '../../format/addresses.ts';
import { megabytes, percent, rounded, UNKNOWN, whole } from '../../format/figures.ts';
import { lostWords } from '../../format/gaps.ts';
import { relative } from '../../format/times.ts';
import { useNow } from '../../state/now.ts';
import { useQuery } from '../../state/use-query.ts';
import { LivenessWord } from '../../ui/liveness.tsx';
import { Ago, For } from '../../ui/time.tsx';
import { BOOT_WORDS, GENERATION_WORDS, PROFILE_WORDS } from './host-words.ts';
import { TokensRate } from '../../ui/tokens-rate.tsx';

/** What of a host's document is not in its state. */
interface HostDocument { baseUrl: string; hasApiKey: boolean }

export function LivenessLine({ state: { liveness, asOf } }: { state: HostState }): ReactElement {
  const now = useNow();
  const { state, reason, since, nextTryAt } = liveness;
  return (
    <p className="flex flex-wrap items-baseline gap-x-2">
      <span data-liveness={state}><LivenessWord state={state} /></span>
      <span className="text-faint">for <For since={since} /></span>
      {reason === null ? null : <span data-reason>{reason.text}</span>}
      {nextTryAt === null ? null : <span className="text-faint">next try {relative(Math.max(msOfTime(nextTryAt), now), now)}</span>}
      {asOf === null ? null : <span className="text-warn">what follows is remembered, as of <Ago at={asOf} /></span>}
    </p>
  );
}

export function HostFacts({ id, epoch, state }: { id: string; epoch: string; state: HostState }): ReactElement {
  const { liveness: { lastContactAt }, build, generation, bootEpoch, profile, source, perf, inflight, gaps } = state;
  const { data } = useQuery<HostDocument>(hostApi(id), epoch);
  return (
    <dl aria-label="Facts" className="panel grid grid-cols-2 gap-x-4 gap-y-3 p-4 sm:grid-cols-3 lg:grid-cols-6">
      <Fact name="Tokens/s" large><TokensRate state={state} /></Fact>
      <Fact name="In flight" large>{whole(inflight.total)}</Fact>
      <Fact name="Gaps" large title={gaps.count === 0 ? 'nothing is known to be lost' : lostWords(gaps)}>
        {gaps.count === 0 ? '0' : <><a href="#history" className="text-warn underline">{whole(gaps.count)}</a><Aside>{lostWords(gaps)}</Aside></>}
      </Fact>
      <Fact name="CPU" large>{percent(perf?.cpuPct)}</Fact>
      <Fact name="Memory" large title={perf === null ? undefined : `${megabytes(perf.memUsedMb)} of ${megabytes(perf.memTotalMb)}`}>
        {megabytes(perf?.memUsedMb)}{perf === null ? null : <Aside>of {megabytes(perf.memTotalMb)}</Aside>}
      </Fact>
      <Fact name="Load, 1 min" large>{rounded(perf?.load1)}</Fact>
      <Fact name="Base URL" wide>
        {data === null ? UNKNOWN : <a href={data.baseUrl} target="_blank" rel="noreferrer" className="text-accent hover:underline">{data.baseUrl}</a>}
        <span className="text-faint"> by {source === 'config' ? 'the configuration' : 'the API'}{data?.hasApiKey === true ? ', with a key' : ''}</span>
      </Fact>
      <Fact name="Build" title={build === null ? undefined : `${build.version} ${build.commit}`}>{build === null ? UNKNOWN : <>{build.version} <span className="text-faint">{build.commit.slice(0, 8)}</span></>}</Fact>
      <Fact name="Generation" title={GENERATION_WORDS}>{generation ?? UNKNOWN}{profile === null ? null : <span className="text-faint" title={PROFILE_WORDS}> profile {profile}</span>}</Fact>
      <Fact name="Boot" title={BOOT_WORDS}>{bootEpoch ?? UNKNOWN}</Fact>
      <Fact name="Last contact"><Ago at={lastContactAt} /></Fact>
    </dl>
  );
}

function Fact({ name, title, large = false, wide = false, children }: { name: string; title?: string | undefined; large?: boolean; wide?: boolean; children: ReactNode }): ReactElement {
  return (
    <div className={`min-w-0 ${wide ? 'col-span-2' : ''}`} title={title}>
      <dt className="text-sm text-faint">{name}</dt>
      <dd className={large ? 'flex flex-wrap items-baseline gap-x-1.5 text-xl font-semibold' : 'truncate'}>{children}</dd>
    </div>
  );
}

function Aside({ children }: { children: ReactNode }): ReactElement {
  return <span className="text-sm font-normal text-faint">{children}</span>;
}
