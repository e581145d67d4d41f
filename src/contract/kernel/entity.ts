/** What the whole program knows of one entity: its id, who may see it, how lists filter and sort it, what its changes make stale. */
import type { z } from 'zod';
import type { Area } from './define.ts';
import type { Filters } from './filters.ts';
import type { Sorts } from './sorts.ts';

/** An event finer than created, updated and deleted: it concerns the named operations and no others. */
export interface FineEvent<Op extends string = string> {
  /** Operations whose answer for this id is stale. */
  stale?: readonly Op[];
  /** Operations of which any answer may be stale: those that sum up entities of this kind. */
  summaries?: readonly Op[];
  /** The row of its lists has changed. */
  row?: boolean;
  /** The event's data, parsed with `schema`, is the new value of this member in the cached answers of `ops`. */
  patch?: { member: string; schema: z.ZodType; ops: readonly Op[] };
}

/** A member of another entity that follows from the newest of these. */
export interface Mirror<Op extends string = string> {
  /** Member of the change's data that holds the id of the other one. */
  of: string;
  /** Member of the other one; its value has the id of the entity that it tells of. */
  member: string;
  /** Makes the value of a change. */
  schema: z.ZodType<{ id: string }>;
  /** Operations that answer the other one. */
  ops: readonly Op[];
}

/** One entity. `Op` is the id of an operation; the registry checks that each exists. */
export interface EntityRecord<Op extends string = string> {
  /** Only principals with this area see its changes; `any` means everybody. */
  area: Area;
  /** True where each one has an area of its own: `data.area` of its changes names it, and `area` only says who may ask at all. */
  ownArea?: boolean;
  /** Absent for what there is only one of. */
  id?: z.ZodType & { readonly prefix: string };
  /** Clients may choose ids, which then have no prefix. */
  chosenIds?: true;
  /** With one by `id`, the panel asks for the changed rows of a list; without, for the list. */
  filters?: Filters;
  sorts?: Sorts;
  defaultSort?: string;
  /** True for a row of which some members follow from other entities of this kind, such as its place in a queue. */
  dependent?(row: Readonly<Record<string, unknown>>): boolean;
  /** Operations whose `items` hold the entity. */
  lists?: readonly Op[];
  /** Operation that answers the entity by id. */
  one?: Op;
  /** Operations asked with the entity's id whose answer depends on it. */
  related?: readonly Op[];
  /** Operations whose answer depends on any entity of this kind. */
  summaries?: readonly Op[];
  /** What other entities tell of the newest of these. */
  mirrors?: readonly Mirror<Op>[];
  /** Finer events by the part of their type after the dot. */
  events?: Readonly<Record<string, FineEvent<Op>>>;
}
