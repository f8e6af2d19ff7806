import { type Adds, column, contextVariable, defineTrait, eq } from 'plinth'

/** The tenant on whose behalf the present request or task runs. */
export const tenant = contextVariable<string>('tenant')

/**
 * Rows belong to the tenant that wrote them; no query of another tenant sees or changes them. The locked scope says what
 * `tenantId` is equal to, so inserts are filled in from it.
 */
export const Tenanted = defineTrait({
  name: 'Tenanted',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 36, index: true, immutable: true }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', tenant), default: true, locked: true } }),
})

export type BelongsToTenant = Adds<typeof Tenanted>
