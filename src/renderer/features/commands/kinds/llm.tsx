/** Kind `llm`: a form for a prompt, how it is answered, and what the answer must be. */
import { NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { Sparkles } from 'lucide-react';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { DEFAULT_MODEL } from '../../../../contract/models/reference.ts';
import { parseJson, useJsonText } from '../../../ui/schema-form/use-json-text.ts';
import layout from '../../../ui/styles/layout.module.css';
import looks from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { errorOf, objectOf } from './fields.tsx';
import type { KindView, SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

/** The parameters that most prompts need; the JSON of the spec takes the others too. */
const PARAMETERS = [
  { name: 'temperature', label: 'Temperature', min: 0, max: 2, step: 0.1, isWhole: false },
  { name: 'max_tokens', label: 'Max answer tokens', min: 1, max: 100_000, step: 1, isWhole: true },
  { name: 'seed', label: 'Seed', min: 0, max: 0xffff_ffff, step: 1, isWhole: true },
] as const;

function Parameters({ spec, onChange, errors }: SpecFormProps) {
  const parameters = objectOf(spec.parameters);
  const set = (name: string, value: Json | undefined) => {
    const { [name]: _old, ...rest } = parameters;
    onChange({ ...spec, parameters: value === undefined ? rest : { ...rest, [name]: value } });
  };
  return (
    <div className={css.three}>
      {PARAMETERS.map(({ name, label, isWhole, ...range }) => (
        <NumberInput
          key={name}
          label={label}
          placeholder="As set for the model"
          allowDecimal={!isWhole}
          {...range}
          value={typeof parameters[name] === 'number' ? parameters[name] : ''}
          error={errorOf(errors, `parameters.${name}`)}
          onChange={(value) => set(name, typeof value === 'number' ? value : undefined)}
        />
      ))}
    </div>
  );
}

/** The schema of the answer as JSON; without text there is none. */
function OutputSchema({ spec, onChange, errors, held }: SpecFormProps) {
  const parse = (text: string): Json => (text.trim() === '' ? null : parseJson(text));
  const json = useJsonText({
    name: 'spec.output_schema',
    value: spec.output_schema ?? undefined,
    parse,
    onChange: (output_schema) => onChange({ ...spec, output_schema }),
    held,
  });
  return (
    <Textarea
      label="Output schema"
      description="JSON Schema that the answer must fit; the output is then JSON. Empty: the output is text."
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      classNames={{ input: looks.mono ?? '' }}
      value={json.text}
      error={json.valid ? errorOf(errors, 'output_schema') : 'Not valid JSON'}
      onChange={({ currentTarget }) => json.change(currentTarget.value)}
    />
  );
}

function Form(props: SpecFormProps) {
  const { spec, onChange, errors } = props;
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  return (
    <div className={layout.scroll}>
      <div className={css.specForm}>
        <TextInput
          label="Model"
          description="Name as on the Models screen. Empty: the selected model."
          placeholder={DEFAULT_MODEL}
          value={spec.model === DEFAULT_MODEL ? '' : specText(spec, 'model')}
          error={errorOf(errors, 'model')}
          onChange={({ currentTarget }) =>
            set({ model: currentTarget.value === '' ? DEFAULT_MODEL : currentTarget.value })
          }
        />
        <Textarea
          label="System prompt"
          placeholder="As set for the model"
          autosize
          minRows={1}
          maxRows={10}
          value={specText(spec, 'system')}
          error={errorOf(errors, 'system')}
          onChange={({ currentTarget }) => set({ system: currentTarget.value === '' ? null : currentTarget.value })}
        />
        <Textarea
          label="Prompt"
          description="{{variables}} are filled in from the input; secrets are masked."
          withAsterisk
          autosize
          minRows={4}
          maxRows={20}
          value={specText(spec, 'prompt')}
          error={errorOf(errors, 'prompt')}
          onChange={({ currentTarget }) => set({ prompt: currentTarget.value })}
        />
        <Parameters {...props} />
        <OutputSchema {...props} />
        <Switch
          label="Show the answer in the log while it is written"
          checked={spec.stream_to_log !== false}
          onChange={({ currentTarget }) => set({ stream_to_log: currentTarget.checked })}
        />
      </div>
    </div>
  );
}

const TEXT: JsonObject = { type: 'string', title: 'Text', maxLength: 20_000 };

/** The panel's record of the kind. */
export const llm: KindView = {
  Icon: Sparkles,
  tab: 'Prompt',
  titles: {
    ...{ model: 'Model', system: 'System prompt', prompt: 'Prompt', parameters: 'Parameters' },
    ...{ output_schema: 'Output schema', stream_to_log: 'Show the answer in the log while it is written' },
  },
  Form,
  Options: null,
  Resolved: null,
  templates: [
    {
      id: 'prompt',
      title: 'Summarise a text',
      text: 'Asks the selected model and gives its answer as text.',
      name: 'Summarise a text',
      spec: { prompt: 'Summarise this text in two sentences:\n\n{{input.text}}', parameters: { max_tokens: 200 } },
      input_schema: { type: 'object', properties: { text: TEXT }, required: ['text'] },
      defaults: {},
    },
    {
      id: 'extract',
      title: 'Classify a text',
      text: 'Gives JSON that fits a schema, whatever the model.',
      name: 'Classify a text',
      spec: {
        prompt: 'Which mood and which language does this text have?\n\n{{input.text}}',
        parameters: { temperature: 0, max_tokens: 200 },
        output_schema: {
          type: 'object',
          properties: {
            mood: { enum: ['positive', 'neutral', 'negative'] },
            language: { type: 'string', maxLength: 20 },
          },
          required: ['mood', 'language'],
          additionalProperties: false,
        },
      },
      input_schema: { type: 'object', properties: { text: TEXT }, required: ['text'] },
      defaults: {},
    },
  ],
};
