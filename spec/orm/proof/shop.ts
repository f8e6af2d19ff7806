import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from '../../../decorators/index.js'
import { type Adds, column, defineTrait } from '../../../src/index.js'

type Settings = Readonly<Record<string, unknown>>

/** A third party's trait with everything a schema can hold for it. */
const Listed = defineTrait({
  name: 'Listed',
  defaults: {},
  columns: () => ({
    code: column.string({ length: 20 }),
    weight: column.integer({ default: 7, index: true }),
    rank: column.integer({ nullable: true, index: true }),
    note: column.string({ length: 40, nullable: true }),
    sign: column.string({ length: 20, nullable: true, exact: true }),
    settings: column.json<Settings>({ object: true, default: {} }),
  }),
  indexes: () => [{ properties: ['code'], unique: 'visible' }, { properties: ['note', 'weight'] }],
})

@Entity()
export class Maker {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  name!: string
}

@Entity()
@UuidPk()
@Timestamps({ index: true })
@SoftDelete()
@Listed()
export class Product {
  @Column({ type: 'varchar', length: 40 })
  title!: string

  @ManyToOne(() => Maker)
  maker!: Relation<Maker> | null
}
export interface Product extends UuidIdentified, Timestamped, SoftDeletable, Adds<typeof Listed> {}
