/** The form of test runs: the file or the folder, and how Playwright runs it. */
import { NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { useTypedText } from '../../../lib/use-typed-text.ts';
import { CodeEditor } from '../../../ui/editor/code-editor.tsx';
import layout from '../../../ui/styles/layout.module.css';
import looks from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { errorOf, Pairs, parseLines, strings } from './fields.tsx';
import type { SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

interface Part extends SpecFormProps {
  set(patch: JsonObject): void;
}

/** Lines of a list. */
function Lines({
  spec,
  errors,
  set,
  name,
  label,
  description,
}: Part & Record<'name' | 'label' | 'description', string>) {
  const [text, setText] = useTypedText(strings(spec[name]), parseLines, (lines) => lines.join('\n'));
  return (
    <Textarea
      label={label}
      description={description}
      placeholder="All"
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      classNames={{ input: looks.mono ?? '' }}
      value={text}
      error={errorOf(errors, name)}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        set({ [name]: parseLines(value) });
      }}
    />
  );
}

function FolderForm(props: Part) {
  const { spec, errors, set } = props;
  return (
    <div className={layout.scroll}>
      <div className={css.specForm}>
        <TextInput
          label="Folder"
          description="Absolute path on the computer of TabAgent. Its playwright.config is used if it has one; nothing in it is changed."
          placeholder="/home/ann/shop"
          withAsterisk
          spellCheck={false}
          classNames={{ input: looks.mono ?? '' }}
          value={specText(spec, 'folder')}
          error={errorOf(errors, 'folder')}
          onChange={({ currentTarget }) => set({ folder: currentTarget.value })}
        />
        <Lines {...props} name="files" label="Files" description="Parts of the paths of test files, one per line." />
        <Lines {...props} name="projects" label="Projects" description="Projects of the configuration, one per line." />
      </div>
    </div>
  );
}

/** Fills the tab of the spec. */
export function Form(props: SpecFormProps) {
  const { spec, onChange, line } = props;
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  if (typeof spec.folder === 'string') return <FolderForm {...props} set={set} />;
  return (
    <CodeEditor
      language={spec.language === 'javascript' ? 'javascript' : 'typescript'}
      label="Test file"
      line={line}
      value={specText(spec, 'script')}
      onChange={(script) => set({ script })}
    />
  );
}

const WHEN = [
  { value: 'on', label: 'Every test' },
  { value: 'on_failure', label: 'On failure' },
  { value: 'off', label: 'Never' },
];
/** Numbers that are Playwright's own, or the configuration's, while they are empty. */
const NUMBERS = [
  { name: 'workers', label: 'Workers', min: 1, max: 16, step: 1, empty: null },
  { name: 'retries', label: 'Retries', min: 0, max: 10, step: 1, empty: null },
  { name: 'test_timeout_ms', label: 'Test timeout (ms)', min: 0, max: 3_600_000, step: 1000, empty: null },
  { name: 'max_failures', label: 'Failures that end the run', min: 0, max: 10_000, step: 1, empty: 0 },
] as const;

function Running({ spec, errors, set }: Part) {
  return (
    <div className={layout.two}>
      {NUMBERS.map(({ name, label, empty, ...range }) => (
        <NumberInput
          key={name}
          label={label}
          placeholder={empty === null ? 'As configured' : 'None'}
          allowDecimal={false}
          {...range}
          value={typeof spec[name] === 'number' && spec[name] !== empty ? spec[name] : ''}
          error={errorOf(errors, name)}
          onChange={(value) => set({ [name]: typeof value === 'number' ? value : empty })}
        />
      ))}
      {(['trace', 'screenshot'] as const).map((name) => (
        <Select
          key={name}
          label={name === 'trace' ? 'Trace' : 'Screenshot'}
          data={WHEN}
          allowDeselect={false}
          value={specText(spec, name) || 'on_failure'}
          onChange={(value) => set({ [name]: value })}
        />
      ))}
    </div>
  );
}

/** Section of the run settings. */
export function Options(props: SpecFormProps) {
  const { spec, onChange, errors, held } = props;
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  return (
    <>
      <h3>Tests</h3>
      <SegmentedControl
        aria-label="Where the tests are"
        fullWidth
        size="xs"
        data={[
          { value: 'file', label: 'File here' },
          { value: 'folder', label: 'Folder' },
        ]}
        value={typeof spec.folder === 'string' ? 'folder' : 'file'}
        onChange={(value) => set({ folder: value === 'folder' ? '' : null })}
      />
      <TextInput
        label="Titles"
        description="Only tests whose title fits this regular expression."
        placeholder="All"
        spellCheck={false}
        value={specText(spec, 'grep')}
        error={errorOf(errors, 'grep')}
        onChange={({ currentTarget: { value } }) => set({ grep: value === '' ? null : value })}
      />
      <Running {...props} set={set} />
      <Switch
        label="Headless"
        checked={spec.headless !== false}
        onChange={({ currentTarget }) => set({ headless: currentTarget.checked })}
      />
      <Pairs
        name="env"
        held={held}
        label="Environment"
        description="NAME=value, one per line. Inputs that are no secrets are there as INPUT_NAME."
        mark="="
        value={spec.env}
        error={errorOf(errors, 'env')}
        onChange={(env) => set({ env })}
      />
      <hr />
    </>
  );
}
