import { type AnyClass, createDataSource, type ModelDataSource } from 'plinth'
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import type { Database, Engine } from '../support/engines.js'

@Entity()
export class Maker {
  @PrimaryGeneratedColumn()
  id!: number
  @Column({ length: 80 })
  name!: string
}

@Entity()
export class Label {
  @PrimaryGeneratedColumn()
  id!: number
  @Column({ length: 80 })
  name!: string
}

@Entity()
export class Ware {
  @PrimaryGeneratedColumn()
  id!: number
  @Column({ length: 80 })
  name!: string
  @ManyToOne(() => Maker, { onDelete: 'CASCADE', nullable: true })
  maker!: Relation<Maker> | null
  @ManyToMany(() => Label)
  @JoinTable()
  labels!: Relation<Label>[]
}

/** Goes with its ware. */
@Entity()
export class Piece {
  @PrimaryGeneratedColumn()
  id!: number
  @ManyToOne(() => Ware, { onDelete: 'CASCADE' })
  ware!: Relation<Ware>
}

/** Forgets its piece. */
@Entity()
export class Note {
  @PrimaryGeneratedColumn()
  id!: number
  @ManyToOne(() => Piece, { onDelete: 'SET NULL', nullable: true })
  piece!: Relation<Piece> | null
}

/** Keeps its ware from being deleted. */
@Entity()
export class Order {
  @PrimaryGeneratedColumn()
  id!: number
  @ManyToOne(() => Ware, { onDelete: 'RESTRICT', nullable: true })
  ware!: Relation<Ware> | null
}

export const shelfEntities: readonly AnyClass[] = [Maker, Label, Ware, Piece, Note, Order]

/** A maker with a ware, which has a label and a piece, about which there is a note; and an order of nothing. */
export async function openShelf(
  engine: Engine,
  onHookError: (error: unknown) => void,
): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities: shelfEntities, synchronize: true, onHookError })
  await dataSource.initialize()
  const maker = await dataSource.getRepository(Maker).save({ name: 'Ax' })
  const label = await dataSource.getRepository(Label).save({ name: 'new' })
  const ware = await dataSource.getRepository(Ware).save({ name: 'axe', maker, labels: [label] })
  const piece = await dataSource.getRepository(Piece).save({ ware })
  await dataSource.getRepository(Note).save({ piece })
  await dataSource.getRepository(Order).save({ ware: null })
  return { dataSource, database }
}
