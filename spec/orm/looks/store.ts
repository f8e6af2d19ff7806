import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryColumn,
  type Relation,
  RelationId,
  ViewColumn,
  ViewEntity,
} from 'typeorm'
import { type SoftDeletable, SoftDelete, WhenHidden } from '../../../decorators/index.js'
import { Tenanted, type TenantOwned } from '../../support/blog.js'

/** What every path leads to. Of four, 1 is visible, 2 is deleted, 3 and 4 are the same of another tenant. */
@Entity()
@SoftDelete()
@Tenanted()
export class Item {
  @PrimaryColumn()
  id!: number

  /** A bit of its own, so that a sum says which rows are in it. */
  @Column()
  score!: number

  @ManyToOne(
    () => Box,
    (box) => box.items,
  )
  box!: Relation<Box> | null

  @OneToOne(
    () => Box,
    (box) => box.inside,
  )
  @JoinColumn()
  around!: Relation<Box> | null

  @ManyToOne(
    () => Chest,
    (chest) => chest.items,
  )
  chest!: Relation<Chest> | null

  @ManyToOne(
    () => Chest,
    (chest) => chest.shownItems,
  )
  shownChest!: Relation<Chest> | null

  @ManyToOne(
    () => Crate,
    (crate) => crate.items,
  )
  crate!: Relation<Crate> | null

  @ManyToMany(
    () => Box,
    (box) => box.bag,
  )
  boxes!: Relation<Box>[]
}
export interface Item extends SoftDeletable, TenantOwned {}

/** Is never hidden. Box 1 holds all items; each item is in front of, and inside of, the box of its number. */
@Entity()
export class Box {
  @PrimaryColumn()
  id!: number

  @OneToMany(
    () => Item,
    (item) => item.box,
  )
  items!: Relation<Item>[]

  @ManyToMany(
    () => Item,
    (item) => item.boxes,
  )
  @JoinTable()
  bag!: Relation<Item>[]

  @ManyToOne(() => Item)
  front!: Relation<Item> | null

  @OneToOne(() => Item)
  @JoinColumn()
  lid!: Relation<Item> | null

  @OneToOne(
    () => Item,
    (item) => item.around,
  )
  inside!: Relation<Item> | null

  @OneToMany(
    () => Link,
    (link) => link.box,
  )
  links!: Relation<Link>[]
}

/** A junction with a row of its own, which is never hidden while what it links may be. */
@Entity()
export class Link {
  @PrimaryColumn()
  id!: number

  @ManyToOne(
    () => Box,
    (box) => box.links,
  )
  box!: Relation<Box>

  @ManyToOne(() => Item, { nullable: false })
  item!: Relation<Item>
}

/** Its relations are lazy. */
@Entity()
export class Chest {
  @PrimaryColumn()
  id!: number

  @OneToMany(
    () => Item,
    (item) => item.chest,
  )
  items!: Promise<Item[]>

  @ManyToMany(() => Item)
  @JoinTable({ name: 'chest_bag' })
  bag!: Promise<Item[]>

  @ManyToOne(() => Item)
  front!: Promise<Item | null>

  @WhenHidden('show')
  @OneToMany(
    () => Item,
    (item) => item.shownChest,
  )
  shownItems!: Promise<Item[]>

  @WhenHidden('show')
  @ManyToMany(() => Item)
  @JoinTable({ name: 'chest_shown_bag' })
  shownBag!: Promise<Item[]>

  @WhenHidden('show')
  @ManyToOne(() => Item)
  shownFront!: Promise<Item | null>
}

/** Its relations are eager. */
@Entity()
export class Crate {
  @PrimaryColumn()
  id!: number

  @OneToMany(
    () => Item,
    (item) => item.crate,
    { eager: true },
  )
  items!: Relation<Item>[]

  @RelationId((crate: Crate) => crate.items)
  itemIds!: number[]

  @ManyToMany(() => Item, { eager: true })
  @JoinTable({ name: 'crate_bag' })
  bag!: Relation<Item>[]

  @ManyToOne(() => Item, { eager: true, nullable: false })
  front!: Relation<Item>
}

/** A view of the database over all items, which is seen as they are. */
@ViewEntity({ expression: 'SELECT * FROM item' })
@SoftDelete()
@Tenanted()
export class ItemView {
  @ViewColumn()
  id!: number

  @ViewColumn()
  score!: number
}
export interface ItemView extends SoftDeletable, TenantOwned {}
