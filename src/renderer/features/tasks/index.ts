export { waitSentence } from './task-facts.ts';
