/**
 * What a supervisor is told: its flags and its children. Names, defaults and checks are OTP's (stdlib, supervisor:sup_flags() and
 * child_spec()); only the period is named by its unit, and whether a child is a supervisor follows from what it is made of.
 */
import type { Start } from '../actors/child.ts';
import type { Term } from '../actors/term.ts';

export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';
export type Restart = 'permanent' | 'transient' | 'temporary';
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';
/** ms between the order to stop and the kill. */
export type Shutdown = 'brutal_kill' | 'infinity' | number;

export interface ChildFields {
  /** Unique within its supervisor; the last part of the child's path. Without `/`. */
  id: string;
  /** Default `permanent`. */
  restart?: Restart;
  /** Default false. */
  significant?: boolean;
  /** Default 5000 for a worker, `infinity` for a supervisor. */
  shutdown?: Shutdown;
  /** false: nobody may restart it by hand (`POST /debug/actors/<path>?do=restart`). Not of OTP. */
  restartable?: boolean;
}

export type Body = { start: Start } | { supervisor: SupervisorSpec };
export type ChildSpec = ChildFields & Body;

/** What all children of a simple_one_for_one have in common; `id` names it in messages alone. */
export interface Template extends ChildFields {
  type: 'worker' | 'supervisor';
}

/** A child of a simple_one_for_one: `id` is the last part of its path. One whose path is taken is refused: `already_started`. */
export type DynamicChild = { id: string } & Body;

export interface SupervisorSpec {
  /** Default `one_for_one`. */
  strategy?: Strategy;
  /** Restarts allowed within `periodS`; default 1. */
  intensity?: number;
  /** Whole seconds; default 5. */
  periodS?: number;
  /** Default `never`. */
  autoShutdown?: AutoShutdown;
  /** In the order of their start. Not for simple_one_for_one. */
  children?: readonly ChildSpec[];
  /** Of simple_one_for_one. */
  template?: Template;
}

/** A child's spec with every default filled in. */
export interface Child {
  readonly id: string;
  readonly type: 'worker' | 'supervisor';
  readonly restart: Restart;
  readonly significant: boolean;
  readonly shutdown: Shutdown;
  readonly restartable: boolean;
  /** Of a template: absent. */
  readonly body: Body | null;
}

export interface Flags {
  readonly strategy: Strategy;
  readonly intensity: number;
  readonly periodS: number;
  readonly autoShutdown: AutoShutdown;
}

export type Checked<T> = { ok: true; value: T } | { ok: false; error: Term };

const refuse = (error: Term): { ok: false; error: Term } => ({ ok: false, error });

const isOneOf = (known: readonly string[], given: unknown): boolean => typeof given === 'string' && known.includes(given);
/** A value that broke its type on the way in, as a term for the message. */
const shown = (given: unknown): Term => given as Term;

export function checkFlags(spec: SupervisorSpec): Checked<Flags> {
  const { strategy = 'one_for_one', intensity = 1, periodS = 5, autoShutdown = 'never' } = spec;
  if (!isOneOf(['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one'], strategy)) return refuse(['invalid_strategy', shown(strategy)]);
  if (!Number.isInteger(intensity) || intensity < 0) return refuse(['invalid_intensity', shown(intensity)]);
  if (!Number.isInteger(periodS) || periodS <= 0) return refuse(['invalid_period', shown(periodS)]);
  if (!isOneOf(['never', 'any_significant', 'all_significant'], autoShutdown)) return refuse(['invalid_auto_shutdown', shown(autoShutdown)]);
  return { ok: true, value: { strategy, intensity, periodS, autoShutdown } };
}

export function checkChild(spec: ChildSpec | Template, autoShutdown: AutoShutdown): Checked<Child> {
  const { id, restart = 'permanent', significant = false, restartable = true } = spec;
  const body: Body | null = 'start' in spec ? { start: spec.start } : 'supervisor' in spec ? { supervisor: spec.supervisor } : null;
  const type = 'type' in spec ? spec.type : body !== null && 'supervisor' in body ? 'supervisor' : 'worker';
  if (typeof id !== 'string' || id === '') return refuse('missing_id');
  if (id.includes('/')) return refuse(['invalid_id', id]);
  if (body === null && !('type' in spec)) return refuse('missing_start');
  if (!isOneOf(['permanent', 'transient', 'temporary'], restart)) return refuse(['invalid_restart_type', shown(restart)]);
  if (typeof significant !== 'boolean') return refuse(['invalid_significant', shown(significant)]);
  if (significant && autoShutdown === 'never') return refuse(['bad_combination', { list: [['auto_shutdown', 'never'], ['significant', true]] }]);
  if (significant && restart === 'permanent') return refuse(['bad_combination', { list: [['restart', 'permanent'], ['significant', true]] }]);
  if (!isOneOf(['worker', 'supervisor'], type)) return refuse(['invalid_child_type', shown(type)]);
  const { shutdown = type === 'supervisor' ? 'infinity' : 5000 } = spec;
  if (shutdown !== 'brutal_kill' && shutdown !== 'infinity' && !(Number.isInteger(shutdown) && shutdown >= 0)) {
    return refuse(['invalid_shutdown', shown(shutdown)]);
  }
  return { ok: true, value: { id, type, restart, significant, shutdown, restartable, body } };
}

/** All of a supervisor's children, or of a simple_one_for_one its template. Nothing is started before all are checked. */
export function checkChildren(spec: SupervisorSpec, flags: Flags): Checked<Child[]> {
  if (flags.strategy === 'simple_one_for_one') {
    if (!spec.template || spec.children) return refuse(['bad_start_spec', 'a simple_one_for_one has one template and no children']);
    const child = checkChild(spec.template, flags.autoShutdown);
    return child.ok ? { ok: true, value: [child.value] } : child;
  }
  const ids = new Set<string>();
  const children: Child[] = [];
  for (const one of spec.children ?? []) {
    const child = checkChild(one, flags.autoShutdown);
    if (!child.ok) return child;
    if (ids.has(child.value.id)) return refuse(['duplicate_child_name', child.value.id]);
    ids.add(child.value.id);
    children.push(child.value);
  }
  return { ok: true, value: children };
}
