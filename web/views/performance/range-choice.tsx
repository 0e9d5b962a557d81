/** The stretch of time: following now over a range, or a stretch of one's own. */
import { useRef, useState, type FormEvent, type ReactElement } from 'react';
import { counted } from '../../format/figures.ts';
import { absolute, clockTime, day } from '../../format/times.ts';
import { useZone } from '../../state/hooks.ts';
import type { SetParams } from '../../state/address.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Segments, TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { usePhone } from '../../ui/use-phone.ts';
import { useKept } from './use-kept.ts';
import { offered, timeText, USUAL_RANGE, type RangeId, type TimeWindow } from './window.ts';

interface RangeChoiceProps { window: TimeWindow; range: RangeId; from: number; to: number; setParams: SetParams }

export function RangeChoice({ window, range, from, to, setParams }: RangeChoiceProps): ReactElement {
  const zone = useZone();
  const phone = usePhone();
  const { steps: keptDays } = useKept();
  const [asking, ask] = useState(false);
  const live = window.to === null;
  const moment = (s: number): string => `${day(s * 1_000, zone)} ${clockTime(s * 1_000, zone)}`;
  return (
    <>
      {live ? null : <p className="text-soft" title={`${absolute(from * 1_000, zone)} to ${absolute(to * 1_000, zone)}`} data-window>{moment(from)} to {day(from * 1_000, zone) === day(to * 1_000, zone) ? clockTime(to * 1_000, zone) : moment(to)}</p>}
      <Segments<RangeId | ''> label="Range" value={live ? range : ''} onChange={(id) => setParams({ range: id === USUAL_RANGE ? null : id, from: null, to: null }, 'step')} options={offered(keptDays, live ? range : null).map(({ id, name, spanS }) => ({ value: id, label: `${phone ? id : name}${spanS > keptDays * 86_400 ? ` (${keptDays} d kept)` : ''}` }))} />
      <Button onClick={() => ask(true)}>Custom</Button>
      {live
        ? <Button title="It follows now: stop it here" onClick={() => setParams({ from: timeText(from), to: timeText(to) }, 'step')}><Icon name="pause" /><span className="sr-only sm:not-sr-only">Pause</span></Button>
        : <Button look="solid" title="Follow now again" onClick={() => setParams({ from: null, to: null }, 'step')}><Icon name="play" />Go live</Button>}
      {asking ? <FromTo from={from} to={to} keptDays={keptDays} onClose={() => ask(false)} onChoose={(a, b) => setParams({ from: timeText(a), to: timeText(b) }, 'step')} /> : null}
    </>
  );
}

function FromTo({ from, to, keptDays, onClose, onChoose }: { from: number; to: number; keptDays: number; onClose: () => void; onChoose: (from: number, to: number) => void }): ReactElement {
  const zone = useZone();
  const form = useRef<HTMLFormElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  const written = (s: number): string => `${day(s * 1_000, zone)}T${clockTime(s * 1_000, zone)}`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const fields = new FormData(form.current!);
    const [a, b] = ['from', 'to'].map((name) => Date.parse(`${fields.get(name) as string}${zone === 0 ? 'Z' : ''}`) / 1_000);
    if (a === undefined || b === undefined || !(a < b)) return setFault('It has to be later than the beginning.');
    onChoose(a, b);
    onClose();
  };
  return (
    <Dialog title="A stretch of time" onClose={onClose} className="w-full max-w-md">
      <form ref={form} onSubmit={submit} className="grid gap-3 p-4">
        <TextField label="From" name="from" type="datetime-local" step="1" required defaultValue={written(from)} />
        <TextField label="To" name="to" type="datetime-local" step="1" required defaultValue={written(to)} fault={fault} hint={`${zone === 0 ? 'In UTC.' : 'In the time zone of this browser.'} ${counted(keptDays, 'day')} are kept.`} />
        <div className="flex justify-end gap-2"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="solid">Show</Button></div>
      </form>
    </Dialog>
  );
}
