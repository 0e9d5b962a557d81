/** The cockpit's beginning: theme, session, socket, then the page. */
import './state/zod-config.ts';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { startKeepFocus } from './shell/keep-focus.ts';
import { startSession } from './shell/start.ts';
import { startTheme } from './state/theme.ts';

startTheme();
startSession();
startKeepFocus();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(<StrictMode><App /></StrictMode>);
