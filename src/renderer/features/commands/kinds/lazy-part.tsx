/** Forms that are loaded when they are shown: the screen has to be there before the form of a kind that nobody has chosen. */
import { type ComponentType, lazy, Suspense } from 'react';
import type { SpecFormProps } from './kind.ts';

/** The same part, loaded with its first use. */
export function lazyPart(load: () => Promise<ComponentType<SpecFormProps>>): ComponentType<SpecFormProps> {
  const Part = lazy(() => load().then((part) => ({ default: part })));
  return function LazyPart(props: SpecFormProps) {
    return (
      <Suspense fallback={null}>
        <Part {...props} />
      </Suspense>
    );
  };
}
