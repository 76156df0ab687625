export * from '../../model/text/names.ts';
