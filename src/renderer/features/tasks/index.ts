export { ACTIVE, waitSentence } from './task-facts.ts';
export { useSlots } from './use-slots.ts';
