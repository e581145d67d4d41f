import {
  CircleAlert,
  CircleCheck,
  CircleX,
  Cpu,
  FileX2,
  LoaderCircle,
  type LucideIcon,
  MemoryStick,
  Zap,
} from 'lucide-react';
import type { InstalledModel, ModelFit } from '../../../../contract/models/models.ts';
import { Badge, type Tone } from '../../../ui/display/badge.tsx';
import { type LoadingModel, useLoadPercent } from '../use-loading.ts';

interface Look {
  word: string;
  tone: Tone;
  Icon: LucideIcon;
}

const FITS: Record<ModelFit['verdict'], Look> = {
  gpu: { word: 'Fits the GPU', tone: 'good', Icon: CircleCheck },
  split: { word: 'GPU and memory', tone: 'info', Icon: MemoryStick },
  cpu: { word: 'Fits', tone: 'good', Icon: Cpu },
  none: { word: 'Too large', tone: 'bad', Icon: CircleX },
};
const STATES: Record<Exclude<InstalledModel['status'], 'ready'>, Look> = {
  broken: { word: 'Broken', tone: 'bad', Icon: CircleAlert },
  missing: { word: 'Missing', tone: 'warn', Icon: FileX2 },
};

const LOADED: Look = { word: 'Loaded', tone: 'info', Icon: Zap };
const loadingLook = (percent: number): Look => ({ word: `Loading ${percent} %`, tone: 'info', Icon: LoaderCircle });

/** State of a model: loaded or how far that is, broken or missing, else whether it fits; the tooltip gives the reason. */
export function FitBadge({
  model,
  fit,
  loaded,
  load,
  plain = false,
}: {
  model: InstalledModel;
  fit: ModelFit | undefined;
  loaded: boolean;
  load: LoadingModel | undefined;
  plain?: boolean;
}) {
  const percent = useLoadPercent(load);
  const state = model.status === 'ready' ? fit && FITS[fit.verdict] : STATES[model.status];
  const look = loaded ? LOADED : percent !== null ? loadingLook(percent) : state;
  if (look === undefined) return null;
  return (
    <span title={model.problem ?? (loaded ? 'It is in memory' : load ? 'It is being loaded' : fit?.reason)}>
      <Badge tone={look.tone} plain={plain}>
        <look.Icon size={13} aria-hidden />
        {look.word}
      </Badge>
    </span>
  );
}
