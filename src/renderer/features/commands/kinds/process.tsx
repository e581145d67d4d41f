/** Kind `process`: a form for a program. */
import { Select, Textarea, TextInput } from '@mantine/core';
import { SquareTerminal } from 'lucide-react';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { useTypedText } from '../use-typed-text.ts';
import { errorOf, Numbers, Pairs, strings } from './fields.tsx';
import type { KindView, SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

const parseLines = (typed: string): string[] => typed.split('\n').filter((line) => line !== '');

function Form({ spec, onChange, errors }: SpecFormProps) {
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  const [argv, setArgv] = useTypedText(strings(spec.argv), parseLines, (lines) => lines.join('\n'));
  return (
    <div className={layout.scroll}>
      <div className={css.specForm}>
        <Textarea
          label="Program and arguments"
          description="One per line. No shell reads them; {{variables}} come from the input."
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
            placeholder="A fresh folder of the attempt"
            value={specText(spec, 'cwd')}
            error={errorOf(errors, 'cwd')}
            onChange={(event) => set({ cwd: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          />
          <Numbers
            label="Exit codes that are a success"
            value={strings(spec.success_codes ?? [0]).map(Number)}
            error={errorOf(errors, 'success_codes')}
            onChange={(success_codes) => set({ success_codes })}
          />
        </div>
        <Pairs
          label="Environment"
          description="NAME=value, one per line."
          mark="="
          value={spec.env}
          error={errorOf(errors, 'env')}
          onChange={(env) => set({ env })}
        />
        <Textarea
          label="Standard input"
          autosize
          minRows={2}
          maxRows={8}
          classNames={{ input: text.mono ?? '' }}
          value={specText(spec, 'stdin')}
          error={errorOf(errors, 'stdin')}
          onChange={(event) => set({ stdin: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
        <Select
          label="Output of the task"
          data={[
            { value: 'none', label: 'Nothing' },
            { value: 'text', label: 'What it printed, as text' },
            { value: 'json', label: 'What it printed, as JSON' },
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
