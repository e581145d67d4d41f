import { ListX } from 'lucide-react';
import { useState } from 'react';
import { type BulkJob, useBulkJobs } from './bulk-jobs.ts';
import { BulkResults } from './bulk-results.tsx';

/** In the status bar: bulk operations that did not go well for every row. Who has looked at the results is done with them. */
export function BulkTucked() {
  const jobs = useBulkJobs((state) => state.jobs);
  return jobs.map((job) => (job.tucked === undefined ? null : <Tucked key={job.id} bulk={job} said={job.tucked} />));
}

function Tucked({ bulk, said }: { bulk: BulkJob; said: string }) {
  const [opened, setOpened] = useState(false);
  const dismiss = useBulkJobs((state) => state.dismiss);
  return (
    <>
      <button type="button" title={`${bulk.doing}: show the results`} onClick={() => setOpened(true)}>
        <ListX size={12} aria-hidden /> {said}
      </button>
      <BulkResults bulk={bulk} opened={opened} close={() => dismiss(bulk.id)} />
    </>
  );
}
