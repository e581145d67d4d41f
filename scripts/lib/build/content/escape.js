/// <reference lib="dom" />
/**
 * Part of the trace viewer's page: Escape that nothing in the viewer has used is told to the page around it, which cannot see the keys of
 * a frame of another origin. The message holds nothing, so any page may have it.
 */
const known = new WeakSet();

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing)
    parent.postMessage('tabagent:escape', '*');
}

/** Listens in a window, and in those frames below it that get the focus: recorded pages stand in frames of the viewer's origin.
 * @param {Window} frame */
function listen(frame) {
  if (known.has(frame.document)) return;
  known.add(frame.document);
  frame.document.addEventListener('keydown', onKey);
  // The focus has gone into a frame when the active element is one; that is known after the event.
  frame.addEventListener('blur', () => setTimeout(() => follow(window)));
}

/** @param {Window} from */
function follow(from) {
  const inner = from.document.activeElement;
  if (inner?.tagName !== 'IFRAME') return;
  const { contentDocument, contentWindow } = /** @type {HTMLIFrameElement} */ (inner);
  // That of a frame of another origin is not to be had.
  if (contentDocument === null || contentWindow === null) return;
  listen(contentWindow);
  follow(contentWindow);
}

listen(window);
