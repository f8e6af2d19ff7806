import { type Adds, ConflictError, column, currentActor, defineTrait, isNull, lt, not, refers } from 'plinth'

const deleted = not(isNull('deletedAt'))

const columns = () => ({
  deletedAt: column.timestamp({ nullable: true, managed: true }),
  deletionId: column.uuid({ nullable: true, managed: true }),
  isDeleted: column.boolean({ generated: deleted }),
})

/** The property that `@SoftDelete({ by: true })` adds: the id of the actor, null where nobody is said to act. */
export interface DeletedBy {
  deletedBy: string | null
}

/**
 * Deleting hides a row instead of removing it. `restore` brings it back, `purge` removes it for good. With `by` the row
 * records who deleted it.
 */
export const SoftDelete = defineTrait({
  name: 'SoftDelete',
  defaults: { by: false },
  refers: refers<{ by: DeletedBy }>(),
  // What is there only if asked for is no part of the type: `DeletedBy` is.
  columns: ({ by }): ReturnType<typeof columns> => ({
    ...columns(),
    ...(by && { deletedBy: column.string({ nullable: true, managed: true }) }),
  }),
  // Only over deleted rows: an index over all of them looks so good to the planner of SQLite that it would sort every
  // row that is not deleted instead of reading the first ones from the index of an order.
  indexes: () => ['deletedAt', 'deletionId'].map((property) => ({ properties: [property], where: deleted })),
  scopes: () => ({ kept: { where: isNull('deletedAt'), default: true } }),
  views: () => ({
    withDeleted: { without: ['kept'] },
    onlyDeleted: { without: ['kept'], where: deleted },
  }),
  rules: ({ by }) => ({
    delete: {
      set: ({ now, operation }) => ({
        deletedAt: now,
        deletionId: operation,
        ...(by && { deletedBy: currentActor()?.id ?? null }),
      }),
    },
  }),
  inputs: () => ({ restore: { withAncestors: column.boolean({ nullable: true }) } }),
  verbs: ({ by }) => ({
    restore: {
      without: ['kept'],
      undoes: 'deletionId',
      ancestors: ({ input }) => input.withAncestors ?? false,
      set: () => ({ deletedAt: null, deletionId: null, ...(by && { deletedBy: null }) }),
      requires: {
        where: deleted,
        refused: () => new ConflictError('The row is not deleted.', { errorCode: 'NOT_DELETED' }),
      },
    },
    purge: { without: ['kept'], hard: true, due: (before) => lt('deletedAt', before) },
  }),
})

/** What `@SoftDelete` gives an entity: `deletedAt`, `deletionId`, `isDeleted`, its views, `restore` and `purge`. */
export type SoftDeletable = Adds<typeof SoftDelete>
