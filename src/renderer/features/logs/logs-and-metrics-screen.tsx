import { LogFacts } from './log-facts.tsx';
import { LogsScreen } from './logs-screen.tsx';

/** What the host says and how it does. */
export function LogsAndMetricsScreen() {
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>Logs & metrics</h1>
        <span className="grow" />
        <LogFacts />
      </header>
      <LogsScreen />
    </div>
  );
}
