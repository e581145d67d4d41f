/** Kind `process`: a form for a program. */
import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import { SquareTerminal, TriangleAlert } from 'lucide-react';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { useTypedText } from '../../../lib/use-typed-text.ts';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { errorOf, Numbers, Pairs, parseLines, strings } from './fields.tsx';
import type { KindView, SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

/** The ways by which a program is told a secret: those that keep it private, and the permission to use the others. */
function SecretInput({ spec, set, errors, held }: Omit<SpecFormProps, 'onChange'> & { set(patch: JsonObject): void }) {
  return (
    <>
      <Pairs
        name="files"
        held={held}
        label="Private files"
        description="name=content, one per line; secrets are allowed. {{files.name}} is the path. Deleted after the attempt."
        mark="="
        value={spec.files}
        error={errorOf(errors, 'files')}
        onChange={(files) => set({ files })}
      />
      <Textarea
        label="Standard input"
        description="Secrets are allowed: other programs cannot read it."
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: text.mono ?? '' }}
        value={specText(spec, 'stdin')}
        error={errorOf(errors, 'stdin')}
        onChange={(event) => set({ stdin: event.currentTarget.value === '' ? null : event.currentTarget.value })}
      />
      <Switch
        label="Allow secrets in arguments and environment"
        checked={spec.allow_secret_in_argv === true}
        onChange={(event) => set({ allow_secret_in_argv: event.currentTarget.checked })}
      />
      {spec.allow_secret_in_argv === true ? (
        <Notice tone="warn">
          <TriangleAlert size={14} />
          <span>
            Other programs on this machine can read secrets in the arguments and the environment while the program runs.
            Standard input and private files keep them private.
          </span>
        </Notice>
      ) : null}
    </>
  );
}

function Form({ spec, onChange, errors, held }: SpecFormProps) {
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  const [argv, setArgv] = useTypedText(strings(spec.argv), parseLines, (lines) => lines.join('\n'));
  return (
    <div className={layout.scroll}>
      <div className={css.specForm}>
        <Textarea
          label="Program and arguments"
          description="One per line, run without a shell. {{variables}} are filled in from the input."
          withAsterisk
          autosize
          minRows={3}
          maxRows={14}
          spellCheck={false}
          classNames={{ input: text.mono ?? '' }}
          value={argv}
          error={errorOf(errors, 'argv')}
          onChange={(event) => {
            setArgv(event.currentTarget.value);
            set({ argv: parseLines(event.currentTarget.value) });
          }}
        />
        <div className={css.two}>
          <TextInput
            label="Working folder"
            placeholder="New folder per attempt"
            value={specText(spec, 'cwd')}
            error={errorOf(errors, 'cwd')}
            onChange={(event) => set({ cwd: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          />
          <Numbers
            label="Success exit codes"
            value={strings(spec.success_codes ?? [0]).map(Number)}
            error={errorOf(errors, 'success_codes')}
            onChange={(success_codes) => set({ success_codes })}
          />
        </div>
        <Pairs
          name="env"
          held={held}
          label="Environment"
          description="NAME=value, one per line."
          mark="="
          value={spec.env}
          error={errorOf(errors, 'env')}
          onChange={(env) => set({ env })}
        />
        <SecretInput spec={spec} set={set} errors={errors} held={held} />
        <Select
          label="Task output"
          data={[
            { value: 'none', label: 'Nothing' },
            { value: 'text', label: 'Stdout as text' },
            { value: 'json', label: 'Stdout as JSON' },
          ]}
          value={specText(spec, 'output') || 'text'}
          onChange={(output) => set({ output: output ?? 'text' })}
        />
      </div>
    </div>
  );
}

/** The panel's record of the kind. */
export const process: KindView = {
  Icon: SquareTerminal,
  tab: 'Program',
  titles: {
    ...{ argv: 'Program and arguments', cwd: 'Working folder', env: 'Environment', stdin: 'Standard input' },
    ...{ files: 'Private files', allow_secret_in_argv: 'Allow secrets in arguments and environment' },
    ...{ success_codes: 'Success exit codes', output: 'Task output' },
  },
  Form,
  Options: null,
  Resolved: null,
  templates: [
    {
      id: 'program',
      title: 'Run a program',
      text: 'Starts a program directly, without a shell.',
      name: 'Run a program',
      spec: { argv: ['node', '--version'], output: 'text' },
      input_schema: {},
      defaults: {},
    },
  ],
};
