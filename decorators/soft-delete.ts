import { type Adds, ConflictError, column, defineTrait, isNull, not } from 'plinth'

/** Deleting hides a row instead of removing it. `restore` brings it back, `purge` removes it for good. */
export const SoftDelete = defineTrait({
  name: 'SoftDelete',
  defaults: {},
  columns: () => ({
    deletedAt: column.timestamp({ nullable: true, index: true }),
    deletionId: column.uuid({ nullable: true, index: true }),
    isDeleted: column.boolean({ generated: not(isNull('deletedAt')) }),
  }),
  scopes: () => ({ kept: { where: isNull('deletedAt'), default: true } }),
  views: () => ({
    withDeleted: { without: ['kept'] },
    onlyDeleted: { without: ['kept'], where: not(isNull('deletedAt')) },
  }),
  rules: () => ({
    delete: { set: ({ now, operation }) => ({ deletedAt: now, deletionId: operation }) },
  }),
  verbs: () => ({
    restore: {
      without: ['kept'],
      set: () => ({ deletedAt: null, deletionId: null }),
      each: ({ before }) => {
        if (before.deletedAt !== null) return
        throw new ConflictError('The row is not deleted.', { errorCode: 'NOT_DELETED' })
      },
    },
    purge: { without: ['kept'], hard: true },
  }),
})

export type SoftDeletable = Adds<typeof SoftDelete>
