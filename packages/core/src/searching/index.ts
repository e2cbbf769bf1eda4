export { type SearchDeps, searchShop } from './search-shop.ts'
