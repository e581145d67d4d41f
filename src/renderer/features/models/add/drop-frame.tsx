/** Takes model files that are dropped anywhere on the screen. */
import { FileDown } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import css from '../models.module.css';
import { ProgressLine } from '../progress-line.tsx';
import type { Uploading } from './use-upload.ts';

export function DropFrame({
  upload,
  expectPaths,
  children,
}: {
  upload: Uploading;
  expectPaths: (() => void) | null;
  children: React.ReactNode;
}) {
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is done with the keys by the dialog of the button above
    <div
      className={css.frame}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(false);
        if (expectPaths !== null) expectPaths();
        else upload.start([...event.dataTransfer.files]);
      }}
    >
      {upload.current === null ? null : <OnItsWay current={upload.current} waiting={upload.waiting} />}
      {children}
      {over ? (
        <div className={css.drop}>
          <FileDown size={18} /> {upload.blocked ?? 'Drop GGUF files to add them'}
        </div>
      ) : null}
    </div>
  );
}

function OnItsWay({
  current: { name, loaded, total },
  waiting,
}: {
  current: NonNullable<Uploading['current']>;
  waiting: number;
}) {
  const rest = { bytes_per_second: null, eta_seconds: null, step: null, message: null };
  const progress = { ...rest, percent: (loaded / Math.max(1, total)) * 100, done_bytes: loaded, total_bytes: total };
  return (
    <Notice tone="info" square>
      <span className={layout.grow}>
        Adding {name}
        {waiting === 0 ? '' : `, ${waiting} more waiting`}
      </span>
      <ProgressLine progress={progress} />
    </Notice>
  );
}
