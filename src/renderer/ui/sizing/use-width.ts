import { useLayoutEffect, useRef, useState } from 'react';

/**
 * Width of an element in px as it changes; 0 before there is one. It is known before the first frame: a width that came after it would
 * have the frame drawn twice.
 */
export function useWidth<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
