import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './ui/styles/mantine.ts';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './ui/styles/tokens.css';
import './ui/styles/reset.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { tradeTicket } from './app/login.ts';
import { loadScreensLater } from './app/screens.ts';
import { createPanelClient } from './lib/client/panel-client.ts';
import { listenForKeys } from './lib/keys/use-actions.ts';
import { blockedToast } from './ui/feedback/toast.tsx';

listenForKeys(blockedToast);

loadScreensLater();

const problem = await tradeTicket();
const client = createPanelClient();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App client={client} problem={problem} />
    </StrictMode>,
  );
}
