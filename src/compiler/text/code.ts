export * from '../../model/text/code.ts';
