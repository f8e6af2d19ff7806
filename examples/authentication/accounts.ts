import { type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity } from 'typeorm'

export interface Account extends UuidIdentified {}

@UuidPk()
@Entity('accounts')
export class Account {
  @Column({ type: 'varchar', length: 200, unique: true })
  email!: string

  @Column({ type: 'varchar', length: 200, select: false })
  passwordHash!: string

  @Column({ type: 'varchar', length: 20 })
  role!: string
}

export interface Session extends UuidIdentified {}

@UuidPk()
@Entity('sessions')
export class Session {
  /** Whoever reads the table has nothing to present. */
  @Column({ type: 'varchar', length: 64, unique: true })
  tokenHash!: string

  @Column({ type: 'varchar', length: 36 })
  accountId!: string

  @Column()
  expiresAt!: Date
}
