/** The GPUs of a host: memory, load, heat. */
import type { ReactElement } from 'react';
import type { HostState } from '../../../src/model/host/state.ts';
import { isFull } from '../../format/full.ts';
import { counted, megabytes, percent, rounded, UNKNOWN } from '../../format/figures.ts';
import { shown } from '../../format/shown.ts';
import { Bar } from '../../ui/meter.tsx';
import { Section } from '../../ui/section.tsx';

const unit = (value: number | null, of: string): string => (value === null ? UNKNOWN : `${rounded(value)} ${of}`);

export function HostGpus({ gpus }: Pick<HostState, 'gpus'>): ReactElement {
  const all = Object.entries(gpus);
  return (
    <Section title="GPUs" flush actions={all.length === 0 ? null : <span className="text-soft">{counted(all.length, 'GPU')}</span>}>
      {all.length === 0 ? <p className="p-4 text-soft">The host tells of no GPU. It does from llama-swap v209 on, where performance monitoring is on and a card is seen.</p> : (
        <ul className="grid grid-cols-[minmax(0,1fr)]">
          {all.map(([key, { name, memUsedMb, memTotalMb, utilPct, tempC, powerW }]) => (
            <li key={key} className="grid grid-cols-[minmax(0,1fr)] gap-1.5 border-b border-line px-4 py-2.5 last:border-0">
              <p className="flex items-baseline justify-between gap-4"><span className="min-w-0 truncate font-medium" title={shown(`${name} ${key}`)}>{shown(name)}</span><span className="figure text-soft">{megabytes(memUsedMb)} of {megabytes(memTotalMb)}</span></p>
              <Bar value={memUsedMb} max={memTotalMb} full={isFull(memUsedMb, memTotalMb)} label={`Memory of ${shown(name)}: ${isFull(memUsedMb, memTotalMb) ? 'full, ' : ''}${megabytes(memUsedMb)} of ${megabytes(memTotalMb)}`} />
              <dl className="grid grid-cols-3 gap-x-4 text-sm [&_dd]:inline [&_dt]:inline [&_dt]:text-faint">
                <div><dt>busy</dt> <dd>{percent(utilPct)}</dd></div>
                <div className="text-center"><dt>temp</dt> <dd>{unit(tempC, '°C')}</dd></div>
                <div className="text-end"><dt>power</dt> <dd>{unit(powerW, 'W')}</dd></div>
              </dl>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
