import type { Operand, RowData } from 'plinth'

/** What a row that is hidden remembers where it was the first. */
const nobody = '{}'

/** What a row that is hidden remembers of the row it came after, by its primary key; undefined for the first. */
export const memoryOf = (key: RowData | undefined): string => (key ? JSON.stringify(key) : nobody)

/** Whether a row remembers a place. */
export const isMemory = (memory: unknown): memory is string => typeof memory === 'string'

/** Whether a row remembers that it was the first. */
export const wasFirst = (memory: unknown): boolean => memory === nobody

/** The primary key of the row that one remembers; it was not the first. */
export const keyIn = (memory: string): Readonly<Record<string, Operand>> =>
  JSON.parse(memory) as Readonly<Record<string, Operand>>
