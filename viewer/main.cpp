#include "viewer/app/run.h"

int main(int argc, char** argv) { return uptrail::viewer::run(argc, argv); }
