import { type HasRank, Orderable, type Ordered, Ranked } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

/** A row of a list with dense positions. */
@Entity()
@Orderable()
export class Numbered {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) title!: string
}
export interface Numbered extends Ordered {}

/** A row of a list with ranks. */
@Entity()
@Ranked()
export class Placed {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) title!: string
}
export interface Placed extends HasRank {}
