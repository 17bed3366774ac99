// one
/* two
 * three */

int a; /* code */	// code
char *s = "/* no comment */";
char *t = "// nor here"; char c = '"'; /* "
*/ int d;
