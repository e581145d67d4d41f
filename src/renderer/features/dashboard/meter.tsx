import type { Tone } from '../../ui/display/badge.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './meter.module.css';

/** A bar filled to `share`, 0 to 1; decorative, since the number stands beside it. `wide` fills the remaining width. */
export function Meter({ tone, share, wide = false }: { tone: Tone; share: number; wide?: boolean }) {
  return (
    <span className={`${css.meter} ${wide ? layout.grow : css.short}`} aria-hidden="true">
      <span className={`${css.fill} ${text[tone]}`} style={{ width: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}
