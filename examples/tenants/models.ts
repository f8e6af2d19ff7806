import { type Adds, capability, column, contextVariable, defineTrait, eq } from 'plinth'
import { AlwaysUnique, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity, Unique } from 'typeorm'

/** The tenant on whose behalf the present request or task runs. */
export const tenant = contextVariable<string>('tenant')

/** The right to look at the rows of every tenant. */
export const everyTenant = capability('every tenant')

export const Tenanted = defineTrait({
  name: 'Tenanted',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 36, index: true, immutable: true }) }),
  scopes: () => ({
    tenant: { where: eq('tenantId', tenant), default: true, locked: true, liftedBy: everyTenant },
  }),
})

export type BelongsToTenant = Adds<typeof Tenanted>

export interface Member extends UuidIdentified, BelongsToTenant {}

@UuidPk()
@Tenanted()
@AlwaysUnique({ by: ['tokenHash'] })
@Entity('members')
export class Member {
  @Column({ type: 'varchar', length: 64 })
  tokenHash!: string

  @Column({ type: 'varchar', length: 20 })
  role!: string
}

export interface Ticket extends UuidIdentified, BelongsToTenant {}

@UuidPk()
@Tenanted()
@Unique(['number'])
@Entity('tickets')
export class Ticket {
  @Column({ type: 'int' })
  number!: number

  @Column({ type: 'varchar', length: 200 })
  title!: string
}
