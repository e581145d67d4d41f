import { useActions } from '../../lib/keys/use-actions.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import { neighbourTab, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { JobsTab } from './jobs/jobs-tab.tsx';
import { LogFacts } from './log-facts.tsx';
import { LogsScreen } from './logs-screen.tsx';
import { Metrics } from './metrics.tsx';

const TABS = [
  { id: 'log', label: 'Log' },
  { id: 'metrics', label: 'Metrics' },
  { id: 'jobs', label: 'Jobs' },
] as const;
/** Members of the address that a tab has for itself. */
const OWN = { sort: undefined, status: undefined, peek: undefined };
type LogsTab = (typeof TABS)[number]['id'];

export function LogsAndMetricsScreen() {
  const [search, set] = useFilters();
  const tab = TABS.find(({ id }) => id === search.tab)?.id ?? 'log';
  const setTab = (next: LogsTab) => set({ ...OWN, tab: next === 'log' ? undefined : next });
  const step = (by: 1 | -1, title: string, key: string) =>
    ({
      id: `logs.tab.${by}`,
      title,
      group: 'Logs & metrics',
      layer: 'detail',
      keys: [key],
      hidden: true,
      run: () => setTab(neighbourTab(TABS, tab, by)),
    }) as const;
  useActions([step(1, 'Next tab', ']'), step(-1, 'Previous tab', '[')]);
  return (
    <Screen>
      <ScreenHead>
        <h1>Logs & metrics</h1>
        <Tabs name="logs" label="Logs & metrics" tabs={TABS} value={tab} onChange={setTab} />
        <span className={layout.grow} />
        {tab === 'log' ? <LogFacts /> : null}
      </ScreenHead>
      <TabPanel name="logs" value={tab}>
        {tab === 'log' ? <LogsScreen /> : tab === 'jobs' ? <JobsTab /> : <Metrics />}
      </TabPanel>
    </Screen>
  );
}
