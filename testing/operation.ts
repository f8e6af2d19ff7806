import type { Id, RowData } from 'plinth'

/** One write by one client. Rows are picked by number, from those there are when it begins, hidden ones too. */
export type Operation = { readonly context: number } & (
  | { readonly kind: 'create'; readonly values: RowData }
  | { readonly kind: 'update'; readonly picks: readonly number[]; readonly values: RowData }
  | { readonly kind: 'delete'; readonly picks: readonly number[] }
  | { readonly kind: 'verb'; readonly verb: string; readonly picks: readonly number[]; readonly values: RowData }
)

/** An operation with the ids of the rows it is about; none where it creates one. */
export interface Placed {
  readonly operation: Operation
  readonly ids: readonly Id[]
}

/** What came of an operation. */
export type Outcome =
  | { readonly done: true; readonly affected: number; readonly id?: Id }
  | { readonly done: false; readonly error: Error; readonly statusCode: number; readonly code?: string | undefined }

/** An operation as people read it. */
export function written({ operation, ids }: Placed): string {
  const name = operation.kind === 'verb' ? operation.verb : operation.kind
  const values = 'values' in operation ? ` ${JSON.stringify(operation.values)}` : ''
  return `${name}${ids.length > 0 ? ` ${ids.join(', ')}` : ''}${values} in context ${operation.context}`
}
