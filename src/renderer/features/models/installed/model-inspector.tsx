/** Details of one model, in a pane beside the list. */
import { useNavigate } from '@tanstack/react-router';
import { MessagesSquare, Play, Square, Star, Trash2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ModelId } from '../../../../contract/kernel/scalars.ts';
import { ENGINES, engineOf, loadedAs } from '../../../../contract/models/engines.ts';
import type { InstalledModel, ModelFit } from '../../../../contract/models/models.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import { bytes, dateTime } from '../../../lib/format.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { beginChatWith } from '../../../lib/new-chat.ts';
import { Button, CopyButton, IconButton } from '../../../ui/buttons.tsx';
import { FactList } from '../../../ui/display/facts.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { Benchmark, useBenchmark } from '../benchmark/benchmark.tsx';
import { noBenchmark } from '../benchmark/measure.ts';
import css from '../models.module.css';
import { useLoading } from '../use-loading.ts';
import { parameters, SOURCE_WORDS, TYPE_WORDS, tokens } from '../words.ts';
import { FitBadge } from './fit-badge.tsx';
import { ModelSettings } from './model-settings.tsx';
import { SelfCheckNotice, selfCheckText } from './self-check.tsx';
import { useModelActions } from './use-model-actions.ts';

const TABS = [
  { id: 'facts', label: 'Details' },
  { id: 'settings', label: 'Settings' },
  { id: 'benchmark', label: 'Benchmark' },
] as const;

export function ModelInspector({
  id,
  listed,
  fit,
  close,
}: {
  id: ModelId;
  /** The row of the list: its keys work before the model has been asked for. */
  listed: InstalledModel | undefined;
  fit: ModelFit | undefined;
  close(): void;
}) {
  const query = useOperationQuery('models_get', { id }, { keep: true });
  const model = query.data ?? listed;
  const actions = useModelActions();
  const [tab, setTab] = useState<(typeof TABS)[number]['id']>('facts');
  // Only what chats has settings.
  const hasSettings = model !== undefined && loadedAs(model) === 'chat';
  const hasBenchmark = model !== undefined && noBenchmark(model) === null;
  const tabs = TABS.filter(({ id: one }) => one === 'facts' || (one === 'settings' ? hasSettings : hasBenchmark));
  const benchmark = useBenchmark(model);
  useActions([
    {
      ...{ id: 'models.benchmark', title: 'Run the benchmark of the selected model', group: 'Models', layer: 'view' },
      keys: ['B'],
      blocked: benchmark.blocked,
      run: () => {
        setTab('benchmark');
        benchmark.run();
      },
    },
  ]);
  const shown = tabs.find((one) => one.id === tab)?.id ?? 'facts';
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Model">
      <ToolBar>
        <h2 className={`${layout.grow} ${text.clip}`}>{model?.name}</h2>
        {model === undefined ? null : (
          <IconButton
            label="Delete"
            action="models.delete"
            Icon={Trash2}
            blocked={actions.deleteBlocked}
            onClick={() => actions.remove(model, close)}
          />
        )}
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      {tabs.length > 1 ? (
        <div className={css.tabs}>
          <Tabs name="model" label="Model" tabs={tabs} value={shown} onChange={setTab} />
        </div>
      ) : null}
      <StateFrame of={query} skeleton={6}>
        {model === undefined ? null : (
          <TabPanel name="model" value={shown}>
            <div className={`${layout.scroll} ${layout.peek}`}>
              {shown === 'facts' ? (
                <ModelDetails model={model} fit={fit} />
              ) : shown === 'settings' ? (
                <ModelSettings model={model} />
              ) : (
                <Benchmark model={model} />
              )}
            </div>
          </TabPanel>
        )}
      </StateFrame>
    </aside>
  );
}

function ModelDetails({ model, fit }: { model: InstalledModel; fit: ModelFit | undefined }) {
  const actions = useModelActions();
  const loading = useLoading();
  const loaded = loading.isLoaded(model);
  const load = loading.loadOf(model);
  const navigate = useNavigate();
  const chat = () => {
    beginChatWith(refOf(model));
    void navigate({ to: '/chat' });
  };
  return (
    <>
      <div className={layout.row}>
        <FitBadge model={model} fit={fit} loaded={loaded} load={load} />
        <span className={layout.grow} />
        <Button
          small
          action="models.toggle"
          icon={loaded || load ? <Square size={12} /> : <Play size={13} />}
          busy={loading.busy}
          blocked={loading.blocked(model)}
          onClick={() => loading.toggle(model)}
        >
          {loaded ? 'Unload' : load ? 'Cancel' : 'Load'}
        </Button>
        {loaded && loadedAs(model) === 'chat' ? (
          <Button small kind="primary" icon={<MessagesSquare size={13} />} onClick={chat}>
            Chat
          </Button>
        ) : null}
        <Button
          small
          icon={<Star size={13} />}
          blocked={actions.selectBlocked(model)}
          onClick={() => actions.select(model)}
        >
          {model.selected ? 'Default' : 'Make default'}
        </Button>
      </div>
      {model.problem === null ? null : (
        <Notice tone={model.status === 'broken' ? 'bad' : 'warn'}>{model.problem}</Notice>
      )}
      <SelfCheckNotice model={model} />
      {fit === undefined || model.status !== 'ready' || loaded ? null : <p className={text.muted}>{fit.reason}</p>}
      <div className={layout.row}>
        <code className={`${text.clip} ${text.faint}`}>{refOf(model)}</code>
        <CopyButton label="Copy name" text={refOf(model)} />
      </div>
      <ModelFacts model={model} fit={fit} />
    </>
  );
}

function ModelFacts({ model, fit }: { model: InstalledModel; fit: ModelFit | undefined }) {
  const memory = fit === undefined ? '–' : `${bytes(fit.required_mb * 1024 ** 2)} with ${tokens(fit.context_length)}`;
  const facts: [string, ReactNode][] = [
    ['Type', TYPE_WORDS[model.type]],
    ['Format', model.format.toUpperCase()],
    ['Engine', ENGINES[engineOf(model.format)].title],
    ['Architecture', model.architecture ?? '–'],
    ['Parameters', parameters(model.parameters)],
    ['Quantization', model.quant ?? model.variant ?? '–'],
    ['Context', tokens(model.context_length)],
    ['Memory', memory],
    ['Largest context now', fit === undefined || fit.largest_context === null ? '–' : tokens(fit.largest_context)],
    ['Layers', model.layers ?? '–'],
    ['Embedding size', model.embedding_size ?? '–'],
    ['Tokenizer', model.tokenizer ?? '–'],
    ['Chat template', model.chat_template ? 'yes' : 'no'],
    ['Self-check', selfCheckText(model.self_check)],
    ['Licence', model.license ?? '–'],
    ['Size', `${bytes(model.bytes)}${model.files > 1 ? ` in ${model.files} files` : ''}`],
    ['Source', SOURCE_WORDS[model.source]],
    ['File', model.path === null ? '–' : <code key="path">{model.path}</code>],
    ['Added', dateTime(model.created_at)],
  ];
  return <FactList facts={facts} />;
}
