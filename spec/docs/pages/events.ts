import { type Adds, type AnyClass, column, defineTrait } from 'plinth'
import type { SoftDeletable } from 'plinth/decorators'

const Publishable = defineTrait({
  name: 'Publishable',
  defaults: {},
  columns: () => ({ published: column.boolean({ default: false }) }),
  verbs: () => ({ publish: { set: () => ({ published: true }) } }),
})

export interface Article extends SoftDeletable, Adds<typeof Publishable> {}
export declare class Article {
  id: number
  pinned: boolean
}

export declare class Remark {
  id: number
}

export declare const search: { index(ids: readonly unknown[]): Promise<void> }
export declare const cache: { forget(entity: AnyClass, ids: unknown): void }
export declare function audit(input: unknown): void
