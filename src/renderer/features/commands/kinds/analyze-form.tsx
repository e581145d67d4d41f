/** The form of model tasks: a text, a recording or a picture, and what a model is asked about it. */
import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import {
  type AnalysisTask,
  AnalysisTask as AnalysisTasks,
  FILE_TASKS,
} from '../../../../contract/automation/kinds/analyze.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { type Aggregation, Aggregation as Aggregations } from '../../../../contract/models/analysis.ts';
import { DEFAULT_MODEL } from '../../../../contract/models/reference.ts';
import { useTypedText } from '../../../lib/use-typed-text.ts';
import layout from '../../../ui/styles/layout.module.css';
import { specText } from '../draft.ts';
import { errorOf, parseLines, strings } from './fields.tsx';
import type { SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

const TASKS: Readonly<Record<AnalysisTask, { label: string; models: string }>> = {
  entities: { label: 'Find names (entities)', models: 'of the type Entities' },
  classify: { label: 'Classify by the classes of the model', models: 'of the type Classification' },
  zero_shot: { label: 'Classify by your own labels', models: 'of the type Classification that is trained for NLI' },
  transcribe: { label: 'Transcribe speech', models: 'of the type Speech' },
  describe: { label: 'Describe a picture', models: 'of the type Vision' },
};
const FILE_WORDS: Readonly<Partial<Record<AnalysisTask, string>>> = {
  transcribe: 'a WAV recording',
  describe: 'a PNG picture',
};

const AGGREGATIONS: Readonly<Record<Aggregation, string>> = {
  simple: 'Join neighbours that have the same label',
  word: 'By word, with the label of its first token',
  none: 'None: each token separately',
};

interface Part extends SpecFormProps {
  set(patch: JsonObject): void;
}

/** Labels, one a line, and how they are put to the model. */
function OwnLabels({ spec, errors, set }: Part) {
  const [labels, setLabels] = useTypedText(strings(spec.labels), parseLines, (lines) => lines.join('\n'));
  return (
    <>
      <Textarea
        label="Labels"
        description="One per line."
        withAsterisk
        autosize
        minRows={3}
        maxRows={12}
        value={labels}
        error={errorOf(errors, 'labels')}
        onChange={({ currentTarget: { value } }) => {
          setLabels(value);
          set({ labels: parseLines(value) });
        }}
      />
      <TextInput
        label="Hypothesis"
        description="The model judges whether this follows from the text; {} is the label."
        value={specText(spec, 'hypothesis') || 'This example is {}.'}
        error={errorOf(errors, 'hypothesis')}
        onChange={({ currentTarget }) => set({ hypothesis: currentTarget.value })}
      />
      <Switch
        label="Several labels may be true"
        checked={spec.multi_label === true}
        onChange={({ currentTarget }) => set({ multi_label: currentTarget.checked })}
      />
    </>
  );
}

function Joining({ spec, set }: Part) {
  return (
    <Select
      label="Grouping"
      description="How labelled tokens are joined into entities."
      allowDeselect={false}
      data={Aggregations.options.map((value) => ({ value, label: AGGREGATIONS[value] }))}
      value={specText(spec, 'aggregation') || 'simple'}
      onChange={(aggregation) => set({ aggregation })}
    />
  );
}

function TextPart({ spec, errors, set, task }: Part & { task: AnalysisTask }) {
  return (
    <Textarea
      label="Text"
      description={`Read by a model ${TASKS[task].models}. {{variables}} are filled in from the input; secrets are masked.`}
      withAsterisk
      autosize
      minRows={4}
      maxRows={20}
      value={specText(spec, 'text')}
      error={errorOf(errors, 'text')}
      onChange={({ currentTarget }) => set({ text: currentTarget.value })}
    />
  );
}

function FilePart({ spec, errors, set, task }: Part & { task: AnalysisTask }) {
  return (
    <TextInput
      label="File"
      description={`Id of an upload or artifact: ${FILE_WORDS[task]}. {{input.file}} takes the file that is chosen for each run. Needs a model ${TASKS[task].models}.`}
      withAsterisk
      value={specText(spec, 'file')}
      error={errorOf(errors, 'file')}
      onChange={({ currentTarget }) => set({ file: currentTarget.value })}
    />
  );
}

function Hearing({ spec, errors, set }: Part) {
  return (
    <>
      <TextInput
        label="Language"
        description="Code of the spoken language, such as en. Leave empty to detect it."
        value={specText(spec, 'language')}
        error={errorOf(errors, 'language')}
        onChange={({ currentTarget: { value } }) => set({ language: value === '' ? null : value })}
      />
      <Switch
        label="Translate into English"
        checked={spec.translate === true}
        onChange={({ currentTarget }) => set({ translate: currentTarget.checked })}
      />
      <Switch
        label="Timestamps"
        checked={spec.timestamps === true}
        onChange={({ currentTarget }) => set({ timestamps: currentTarget.checked })}
      />
    </>
  );
}

/** What of the answer is kept. */
function Kept({ spec, errors, set, hasClasses }: Part & { hasClasses: boolean }) {
  const number = (value: Json | undefined) => (typeof value === 'number' ? value : '');
  return (
    <div className={css.two}>
      <NumberInput
        label="Minimum score"
        min={0}
        max={1}
        step={0.05}
        value={number(spec.threshold ?? 0)}
        error={errorOf(errors, 'threshold')}
        onChange={(value) => set({ threshold: typeof value === 'number' ? value : 0 })}
      />
      {hasClasses ? (
        <NumberInput
          label="Number of classes"
          placeholder="All"
          min={1}
          max={1000}
          allowDecimal={false}
          value={number(spec.top_k)}
          error={errorOf(errors, 'top_k')}
          onChange={(value) => set({ top_k: typeof value === 'number' ? value : null })}
        />
      ) : null}
    </div>
  );
}

/** Fills the tab of the spec. */
export function Form(props: SpecFormProps) {
  const { spec, onChange, errors } = props;
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  const task = AnalysisTasks.safeParse(spec.task).data ?? 'entities';
  return (
    <div className={layout.scroll}>
      <div className={css.specForm}>
        <div className={css.two}>
          <Select
            label="Task"
            allowDeselect={false}
            data={AnalysisTasks.options.map((value) => ({ value, label: TASKS[value].label }))}
            value={task}
            error={errorOf(errors, 'task')}
            onChange={(value) => set({ task: value })}
          />
          <TextInput
            label="Model"
            placeholder={DEFAULT_MODEL}
            value={spec.model === DEFAULT_MODEL ? '' : specText(spec, 'model')}
            error={errorOf(errors, 'model')}
            onChange={({ currentTarget }) =>
              set({ model: currentTarget.value === '' ? DEFAULT_MODEL : currentTarget.value })
            }
          />
        </div>
        {FILE_TASKS.has(task) ? (
          <FilePart {...props} set={set} task={task} />
        ) : (
          <TextPart {...props} set={set} task={task} />
        )}
        {task === 'transcribe' ? <Hearing {...props} set={set} /> : null}
        {task === 'zero_shot' ? <OwnLabels {...props} set={set} /> : null}
        {task === 'entities' ? <Joining {...props} set={set} /> : null}
        {FILE_TASKS.has(task) ? null : <Kept {...props} set={set} hasClasses={task !== 'entities'} />}
      </div>
    </div>
  );
}
