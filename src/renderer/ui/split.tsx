import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { useView } from '../lib/view-store.ts';
import { focusable } from './focusable.ts';
import css from './split.module.css';

export interface SplitProps {
  /** Under this name the size is remembered. */
  name: string;
  /** Which of the two panes keeps its size. */
  fixed: 'first' | 'second';
  /** Size of the fixed pane in px until the user drags. */
  size: number;
  min: number;
  max: number;
  vertical?: boolean;
  /** Least height of the other pane of a vertical split, px: in a window that is too low for both, they scroll. */
  floor?: number;
  /** What the divider resizes, for assistive technology. */
  label: string;
  first: ReactNode;
  /** `null` leaves the other pane the whole room. */
  second: ReactNode;
}

/** Two panes with a divider that can be dragged, or moved by arrow keys. */
export function Split(props: SplitProps) {
  const { name, fixed, min, max, vertical = false } = props;
  const saved = useView((view) => view.panes[name]);
  const setPane = useView((view) => view.setPane);
  const frame = useRef<HTMLDivElement>(null);
  const size = Math.min(max, Math.max(min, saved ?? props.size));
  const resize = (px: number) => {
    const room = (vertical ? frame.current?.clientHeight : frame.current?.clientWidth) ?? max;
    setPane(name, Math.round(Math.min(max, room - 120, Math.max(min, px))));
  };

  const onPointerDown = (event: PointerEvent<HTMLHRElement>) => {
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    const start = vertical ? event.clientY : event.clientX;
    const move = (moved: globalThis.PointerEvent) => {
      const delta = (vertical ? moved.clientY : moved.clientX) - start;
      resize(size + (fixed === 'first' ? delta : -delta));
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), {
      once: true,
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const forward = vertical ? 'ArrowDown' : 'ArrowRight';
    const back = vertical ? 'ArrowUp' : 'ArrowLeft';
    if (event.key !== forward && event.key !== back) return;
    event.preventDefault();
    const grow = (event.key === forward) === (fixed === 'first');
    resize(size + (grow ? 16 : -16));
  };

  const style = { [vertical ? 'height' : 'width']: size };
  const floor = props.floor === undefined ? {} : { minHeight: props.floor };
  const pane = (which: 'first' | 'second') => (
    <div
      className={fixed === which && props.second !== null ? `${css.pane} ${css.fixed}` : `${css.pane} ${css.flexible}`}
      style={fixed === which && props.second !== null ? style : floor}
    >
      {props[which]}
    </div>
  );
  return (
    <div className={`${css.split} ${vertical ? css.vertical : ''}`} data-floor={props.floor} ref={frame}>
      {pane('first')}
      {props.second === null ? null : (
        <hr
          className={css.divider}
          {...focusable}
          aria-label={props.label}
          aria-orientation={vertical ? 'horizontal' : 'vertical'}
          aria-valuenow={size}
          aria-valuemin={min}
          aria-valuemax={max}
          onPointerDown={onPointerDown}
          onKeyDown={onKeyDown}
          onDoubleClick={() => resize(props.size)}
        />
      )}
      {props.second === null ? null : pane('second')}
    </div>
  );
}
