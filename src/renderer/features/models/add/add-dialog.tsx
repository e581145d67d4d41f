/** Adds models of this machine: a path, a file that is chosen, or what other programs have. */
import { Modal, SegmentedControl, TextInput } from '@mantine/core';
import { FolderSearch, Link2 } from 'lucide-react';
import { useRef } from 'react';
import { z } from 'zod';
import type { FoundModel } from '../../../../contract/models/models.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { isDesktop } from '../../../lib/client/message-port.ts';
import { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import { bytes } from '../../../lib/format.ts';
import { asError, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Tag } from '../../../ui/display/badge.tsx';
import { ErrorState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';
import { PROGRAM_WORDS } from '../words.ts';
import { useImport } from './use-import.ts';
import type { Uploading } from './use-upload.ts';

type Mode = 'link' | 'copy';
const EMPTY: { path: string; mode: Mode } = { path: '', mode: 'link' };
const SHAPE = { path: z.string(), mode: z.enum(['link', 'copy']) };

export function AddDialog({
  opened,
  close,
  show,
  upload,
}: {
  opened: boolean;
  close(): void;
  /** Shows a model that was added. */
  show(id: string): void;
  upload: Uploading;
}) {
  return (
    <Modal opened={opened} onClose={close} title="Add a model" size={640}>
      <div className={`${layout.col} ${css.parts}`}>
        <ByPath close={close} show={show} upload={upload} />
        <Elsewhere show={show} />
      </div>
    </Modal>
  );
}

function ByPath({ close, show, upload }: { close(): void; show(id: string): void; upload: Uploading }) {
  const noImport = useCan('models_import');
  const form = useDraftForm('model:add', { initial: EMPTY, version: null, shape: SHAPE });
  const add = useImport({
    show,
    onDone() {
      form.drop();
      close();
    },
  });
  const { path, mode } = form.values;
  return (
    <form
      className={`${layout.col} ${css.parts}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (noImport === null && path !== '') add.mutate({ path, mode });
      }}
    >
      <div className={css.field}>
        <TextInput
          className={layout.grow}
          size="xs"
          data-autofocus
          label="File or folder"
          placeholder="/path/to/model.gguf"
          spellCheck={false}
          {...form.input('path')}
        />
        <ChooseFile picked={(picked) => form.change({ path: picked })} upload={upload} close={close} />
      </div>
      <div className={layout.row}>
        <SegmentedControl
          size="xs"
          aria-label="How it is added"
          data={[
            { value: 'link', label: 'Use it where it is' },
            { value: 'copy', label: 'Copy it' },
          ]}
          value={mode}
          onChange={(value) => form.change({ mode: value === 'copy' ? 'copy' : 'link' })}
        />
        <span className={layout.grow} />
        <Button
          submit
          kind="primary"
          busy={add.isPending}
          blocked={noImport ?? (path === '' ? 'Type the path of a file or folder' : null)}
        >
          Add model
        </Button>
      </div>
      {add.error === null ? null : <ErrorState inline error={add.error} titles={{ path: 'File or folder' }} />}
    </form>
  );
}

/** The desktop app picks a path; a browser reveals no paths, so it uploads the file. */
function ChooseFile({ picked, upload, close }: { picked(path: string): void; upload: Uploading; close(): void }) {
  const client = useClient();
  const input = useRef<HTMLInputElement>(null);
  if (isDesktop()) {
    const pick = () =>
      client.call('shell_pick_file', { title: 'Model file' }).then(
        ({ path }) => path !== null && picked(path),
        (error: unknown) => errorToast('Could not choose a file', asError(error)),
      );
    return (
      <Button icon={<FolderSearch size={13} />} onClick={() => void pick()}>
        Choose…
      </Button>
    );
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".gguf"
        multiple
        hidden
        aria-label="Model files"
        onChange={(event) => {
          upload.start([...(event.currentTarget.files ?? [])]);
          close();
        }}
      />
      <Button icon={<FolderSearch size={13} />} blocked={upload.blocked} onClick={() => input.current?.click()}>
        Choose…
      </Button>
    </>
  );
}

/** Models of other programs, used where they are. */
function Elsewhere({ show }: { show(id: string): void }) {
  const query = useOperationQuery('models_found', {});
  const noImport = useCan('models_import');
  const add = useImport({ show, onError: (error) => errorToast('Could not add the model', error) });
  const items = query.data?.items ?? [];
  return (
    <section aria-label="In other programs">
      <h3>In other programs</h3>
      <StateFrame of={query} skeleton={3}>
        {items.length === 0 ? (
          <p className={text.muted}>
            No models of Hugging Face, LM Studio, Ollama, GPT4All or Jan were found on this computer.
          </p>
        ) : (
          <ul className={layout.bare}>
            {items.map((found) => (
              <Found
                key={found.path}
                found={found}
                blocked={found.installed ? 'It is in the list' : noImport}
                add={() => add.mutate({ path: found.path })}
              />
            ))}
          </ul>
        )}
      </StateFrame>
    </section>
  );
}

function Found({ found, blocked, add }: { found: FoundModel; blocked: string | null; add(): void }) {
  return (
    <li className={css.line}>
      <span className={`${layout.grow} ${text.clip}`} title={found.path}>
        {found.name}
      </span>
      <Tag>{PROGRAM_WORDS[found.program]}</Tag>
      <span className={`${css.figure} ${text.num}`}>{bytes(found.bytes)}</span>
      <Button small icon={<Link2 size={13} />} blocked={blocked} onClick={add}>
        {found.installed ? 'Added' : 'Add'}
      </Button>
    </li>
  );
}
