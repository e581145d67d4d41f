import { useState } from 'react';
import { CopyButton } from '../../../ui/buttons.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import css from '../schedules.module.css';
import { SAMPLES, type SampleName } from './samples.ts';

const TABS = [
  { id: 'curl', label: 'curl' },
  { id: 'node', label: 'Node.js' },
  { id: 'github', label: 'GitHub' },
] as const;

/** How a sender signs what it sends. */
export function SigningHelp({ url, name }: { url: string; name: string }) {
  const [tab, setTab] = useState<SampleName>('curl');
  const sample = SAMPLES[tab](url);
  return (
    <section className={`${layout.col} ${css.rows}`} aria-label="How to sign">
      <div className={layout.row}>
        <span className={layout.grow}>
          <Tabs name={name} label="How to sign" tabs={TABS} value={tab} onChange={setTab} />
        </span>
        <CopyButton label="Copy sample" text={sample} />
      </div>
      <TabPanel name={name} value={tab}>
        <pre className={text.pre}>{sample}</pre>
      </TabPanel>
    </section>
  );
}
