/** The frame of every view: navigation, the state of the connection, and the view that the address names. */
import { lazy, Suspense, type ReactElement } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useSession } from '../state/hooks.ts';
import { Boundary } from '../ui/boundary.tsx';
import { Empty, Waiting } from '../ui/notes.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Degraded } from './degraded.tsx';
import { FaultCorner } from './fault-corner.tsx';
import { Navigation } from './navigation.tsx';
import { Overlays } from './overlays.tsx';
import { SinceStrip } from './since-strip.tsx';
import { Tab } from './tab.tsx';
import { ROUTES } from './views.ts';

const SignIn = lazy(async () => ({ default: (await import('./sign-in.tsx')).SignIn }));

export function App(): ReactElement {
  const session = useSession();
  const waiting = <main className="p-8"><Waiting what="Drover" /></main>;
  if (session.state === 'unknown') return waiting;
  if (session.state === 'out') return <><Tab /><Suspense fallback={waiting}><SignIn /></Suspense></>;
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] sm:grid-cols-[3.25rem_minmax(0,1fr)] lg:grid-cols-[11rem_minmax(0,1fr)]">
      <Tab />
      <a href="#view" className="sr-only focus:not-sr-only focus:absolute focus:z-20 focus:bg-panel focus:p-2">Skip to the view</a>
      <Navigation />
      <div className="flex min-w-0 flex-col pb-14 sm:pb-0">
        <ConnectionBanner />
        <Degraded />
        <SinceStrip />
        <main id="view" tabIndex={-1} className="relative flex min-w-0 grow flex-col outline-none"><View /></main>
      </div>
      <FaultCorner />
      <Overlays />
    </div>
  );
}

function View(): ReactElement {
  const [path] = useLocation();
  return (
    <Boundary key={path}>
      <Suspense fallback={<Waiting what="the view" />}>
        <Switch>
          {ROUTES.map(({ path: pattern, view }) => <Route key={pattern} path={pattern} component={view} />)}
          <Route><Empty title="There is no such page"><Link href="/" className="text-accent underline">Go to the fleet</Link></Empty></Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}
